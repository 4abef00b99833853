import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnforcerInput } from '../../../src/adapters/enforcer/enforcer.ts';
import { stixEnforcer } from '../../../src/adapters/enforcer/stix/stix-enforcer.ts';
import { readTrafficPattern } from '../../../src/adapters/enforcer/stix/traffic-pattern.ts';
import { observableNamespace, uuidOfName } from '../../../src/adapters/enforcer/stix/uuid-of-name.ts';
import { matchesName } from '../../../src/allow-list/names.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const schemaFolder = fileURLToPath(new URL('../../fixtures/stix2.1/', import.meta.url));
const ajv = new Ajv2020({ strict: false, validateFormats: false, unicodeRegExp: false });
for (const file of readdirSync(schemaFolder, { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.json')) {
    ajv.addSchema(JSON.parse(readFileSync(join(schemaFolder, file), 'utf8')));
  }
}
const root = 'http://raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/stix2.1/schemas';
const folders = {
  grouping: 'sdos',
  indicator: 'sdos',
  'domain-name': 'observables',
  'ipv4-addr': 'observables',
  'ipv6-addr': 'observables',
};

interface StixObject {
  readonly type: keyof typeof folders;
  readonly id: string;
  readonly [name: string]: unknown;
}

const anyName = fc
  .array(fc.constantFrom('a', 'b', 'c', 'xn--fa-hia'), { maxLength: 4 })
  .map((labels) => [...labels, 'example', 'org'].join('.'));

const tcp443 = { protocols: ['tcp'], ports: [{ first: 443, last: 443 }] } as const;

describe('a STIX bundle', () => {
  it('allows nothing that the list denies and loses nothing', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const input = enforcerInput(entries);
        expect(unfaithfulness(stixEnforcer, input)).toEqual({ widened: [], keptQuiet: [] });
        expect(expectValue(stixEnforcer.compile(input)).losses).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('has objects by the schemas of OASIS', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        for (const object of objectsOf(enforcerInput(entries))) {
          const isValid = ajv.getSchema(`${root}/${folders[object.type]}/${object.type}.json`);
          expect(isValid?.(object), JSON.stringify([object, isValid?.errors])).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives an observable the identifier that the specification derives', () => {
    // Made with the Python module uuid: uuid5(namespace, '{"value":"198.51.100.3"}').
    expect(uuidOfName(observableNamespace, '{"value":"198.51.100.3"}')).toBe(
      '28bb3599-77cd-5a82-a950-b5bc3caf07c4',
    );
    const [, address] = objectsOf(enforcerInput([allowEntry({ kind: 'ip', value: '198.51.100.3' })]));
    expect(address).toEqual({
      type: 'ipv4-addr',
      spec_version: '2.1',
      id: 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4',
      value: '198.51.100.3',
    });
  });

  it('says list, revision and set, and what is allowed', () => {
    const input = enforcerInput([
      allowEntry({ kind: 'host', value: 'a.example.org' }),
      allowEntry({ kind: 'host', value: 'b.example.org' }, { ...tcp443, reason: 'why' }),
    ]);
    const [grouping, ...objects] = objectsOf(input);
    expect(grouping).toMatchObject({
      type: 'grouping',
      created: '2026-11-21T00:00:00.000Z',
      name: 'allowed egress: lab',
      description: `Destinations that sandboxes may reach by the allow-list lab, revision 7, set ${input.set}`,
      context: 'allowed-egress',
      object_refs: objects.map(({ id }) => id),
    });
    expect(objects).toMatchObject([
      { type: 'domain-name', value: 'a.example.org' },
      {
        type: 'indicator',
        description: 'why',
        indicator_types: ['benign'],
        pattern:
          "[network-traffic:dst_ref.value = 'b.example.org' AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']",
        valid_from: '2026-11-21T00:00:00.000Z',
      },
    ]);
  });

  it('says wildcards, what is denied of them, and when they end in a pattern', () => {
    const [, indicator] = objectsOf(
      enforcerInput([
        allowEntry(
          { kind: 'oneLabel', value: 'example.org' },
          { ...tcp443, expiresAt: '2027-01-31T00:00:00Z' },
        ),
        allowEntry({ kind: 'host', value: 'a.example.org' }, { effect: 'deny' }),
      ]),
    );
    expect(indicator).toMatchObject({
      pattern:
        "[(network-traffic:dst_ref.value LIKE '%.example.org' AND network-traffic:dst_ref.value NOT LIKE '%.%.example.org')" +
        " AND network-traffic:dst_ref.value != 'a.example.org' AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']",
      valid_until: '2027-01-31T00:00:00.000Z',
    });
  });

  it('leaves out a wildcard below a name with an underscore, which a pattern would widen', () => {
    const entry = allowEntry({ kind: 'subdomains', value: '_srv.example.org' });
    const { losses } = expectValue(stixEnforcer.compile(enforcerInput([entry])));
    expect(losses).toMatchObject([{ entry, kind: 'omitted' }]);
    const host = allowEntry({ kind: 'host', value: '_srv.example.org' }, tcp443);
    expect(expectValue(stixEnforcer.compile(enforcerInput([host]))).losses).toEqual([]);
  });

  it('has patterns that hold for the names that are allowed and for no others', () => {
    fc.assert(
      fc.property(anyEntries, anyName, (entries, name) => {
        const patterns = objectsOf(enforcerInput(entries)).flatMap(({ pattern }) =>
          typeof pattern === 'string' && pattern.includes('example.org') ? [pattern] : [],
        );
        for (const pattern of patterns) {
          const traffic = readTrafficPattern(pattern);
          const isMeant =
            traffic?.to.some((match) => matchesName(match, name)) === true &&
            !traffic.exceptTo.some((match) => matchesName(match, name));
          expect(holdsFor(pattern, name), pattern).toBe(isMeant);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is a bundle without objects for an empty list', () => {
    const bundle = JSON.parse(textOf(enforcerInput([])));
    expect(Object.keys(bundle)).toEqual(['type', 'id']);
    const isBundle = /^bundle--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(bundle.id).toMatch(isBundle);
  });

  it('has other identifiers for the indicators of another revision, and the same observables', () => {
    const entries = [
      allowEntry({ kind: 'host', value: 'a.example.org' }),
      allowEntry({ kind: 'host', value: 'b.example.org' }, tcp443),
    ];
    const ids = (revision: number) => objectsOf(enforcerInput(entries, { revision })).map(({ id }) => id);
    const [before, after] = [ids(7), ids(8)];
    expect(after.filter((id) => before.includes(id)).map((id) => id.split('--')[0])).toEqual(['domain-name']);
  });

  it.each([
    ['a pattern of another form', 'dst_port = 443', 'dst_port > 443'],
    ['a comparison more', 'dst_port = 443 AND', 'dst_port = 443 OR network-traffic:dst_port = 80 AND'],
    ['another value than its identifier', '"value":"a.example.org"', '"value":"c.example.org"'],
    ['a reference less', /"object_refs":\["[^"]*",/, '"object_refs":['],
  ])('is not read back with %s', (_, from, to) => {
    const text = textOf(
      enforcerInput([
        allowEntry({ kind: 'host', value: 'a.example.org' }),
        allowEntry({ kind: 'host', value: 'b.example.org' }, tcp443),
      ]),
    );
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(
      expectCodes(stixEnforcer.readBack([{ name: 'lab.stix.json', bytes: Buffer.from(changed) }])),
    ).toEqual(['SK7211']);
  });
});

/** Evaluates the comparisons of names in a pattern by the words of the specification, everything else taken as true. */
function holdsFor(pattern: string, name: string): boolean {
  let text = pattern
    .slice(1, -1)
    .replace(/ IN \('tcp', 'udp'\)/g, " = 'tcp'")
    .replace(/[^\s(]+ ((?:NOT )?LIKE|ISSUBSET|[!<>]?=) (?:'([^']*)'|\d+)/g, (comparison, operator, value) => {
      const like = new RegExp(
        `^${String(value).replaceAll('.', '[.]').replaceAll('_', '.').replaceAll('%', '.*')}$`,
      );
      const results: Readonly<Record<string, boolean>> = {
        '=': name === value,
        '!=': name !== value,
        LIKE: like.test(name),
        'NOT LIKE': !like.test(name),
      };
      return comparison.includes('dst_ref.value') ? (results[operator] === true ? 'T' : 'F') : 'T';
    });
  for (let before = ''; before !== text; ) {
    before = text;
    text = text
      .replace(/\(([TF])\)/g, '$1')
      .replace(/T AND T/g, 'T')
      .replace(/[TF] AND F|F AND T/g, 'F');
    if (before === text) {
      text = text.replace(/T OR [TF]|F OR T/, 'T').replace(/F OR F/, 'F');
    }
  }
  return text === 'T';
}

function objectsOf(input: EnforcerInput): readonly StixObject[] {
  return JSON.parse(textOf(input)).objects ?? [];
}

function textOf(input: EnforcerInput): string {
  const [file] = expectValue(stixEnforcer.compile(input)).files;
  return Buffer.from(file?.bytes ?? []).toString();
}
