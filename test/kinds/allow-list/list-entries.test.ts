import { describe, expect, test } from 'vitest';
import { alwaysDenied } from '../../../src/allow-list/always-deny.ts';
import { entriesInForce } from '../../../src/allow-list/entries-in-force.ts';
import { namedPaths } from '../../../src/engine/plan/named-files.ts';
import { type ListEntries, listEntries, ownEntries } from '../../../src/kinds/allow-list/list-entries.ts';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { desiredOf, type Files } from '../../rig/desired-files.ts';
import { documentText } from '../../rig/image-files.ts';

function entriesOf(files: Files, name: string): ListEntries {
  const lists = desiredOf(files).resources.get('AllowList');
  const resource = lists?.get(name);
  if (resource === undefined) {
    throw new Error(`no list ${name}`);
  }
  return listEntries(resource, {
    resource: (_kind, other) => lists?.get(other),
    ownEntries: (list) => ownEntries(list, (path) => Buffer.from(files[path] ?? '')),
    alwaysDenied: alwaysDenied({ permit: [], sinkhole: [] }),
  });
}

function text(entries: readonly AllowEntry[]): readonly string[] {
  return entries.map(({ effect, match, list }) => `${list}: ${effect} ${match.value}`);
}

function list(name: string, ...lines: readonly string[]): Files {
  return { [`specs/allow-lists/${name}.yaml`]: documentText('AllowList', name, ...lines) };
}

const line = (host: string, more = '') => `{"match":{"host":"${host}"},"reason":"r"${more}}\n`;

describe('what a list says', () => {
  const files: Files = {
    ...list(
      'a',
      'include: [b, c]',
      'entries:',
      '  - {match: {host: inline.a}, reason: r}',
      'entriesFrom: [{file: lists/a.jsonl}]',
    ),
    ...list('b', 'include: [d]', 'entries: [{match: {host: inline.b}, reason: r, status: denied}]'),
    ...list('c', 'include: [d]', 'entries: [{match: {host: inline.c}, reason: r, status: candidate}]'),
    ...list('d', 'entriesFrom: [{file: lists/d.jsonl}]'),
    'lists/a.jsonl': line('file.a'),
    'lists/d.jsonl': line('file.d', ',"expiresAt":"2027-01-01T00:00:00Z"'),
  };

  test('is its own first, then that of each list that it takes in, once', () => {
    const { entries, candidates, findings } = entriesOf(files, 'a');
    expect(text(entries)).toEqual([
      'a: allow inline.a',
      'a: allow file.a',
      'b: deny inline.b',
      'd: allow file.d',
    ]);
    expect(text(candidates)).toEqual(['c: allow inline.c']);
    expect(findings()).toEqual([]);
  });

  test('is in force until it expires', () => {
    const { entries } = entriesOf(files, 'd');
    expect(text(entriesInForce(entries, '2026-12-31T23:59:59.999Z'))).toEqual(['d: allow file.d']);
    expect(entriesInForce(entries, '2027-01-01T00:00:00Z')).toEqual([]);
    expect(entriesInForce(entries, '2027-01-01T00:00:00.000Z')).toEqual([]);
  });

  test('is read from files that the plan is bound to', () => {
    const resource = desiredOf(files).resources.get('AllowList')?.get('a');
    expect(resource && namedPaths(resource)).toEqual(['lists/a.jsonl']);
  });

  test('has its findings with both places, be they in documents or in files', () => {
    const findings = entriesOf(
      {
        ...list(
          'a',
          'include: [b]',
          'entries:',
          '  - {match: {host: x.example.org}, reason: r}',
          'entriesFrom: [{file: lists/a.jsonl}]',
        ),
        ...list('b', 'entries:', '  - match: {apexAndSubdomains: example.net}', '    reason: r'),
        'lists/a.jsonl': `${line('x.example.org')}${line('y.example.net')}{"match":{"ip":"10.0.0.1"},"reason":"r"}\n{}\n`,
      },
      'a',
    ).findings();
    const at = (place: (typeof findings)[number]['place']) =>
      `${place?.file.split('/').at(-1)}:${place?.start?.line}:${place?.start?.column}`;
    expect(
      findings.map(({ code, place, related = [] }) =>
        [code, at(place), ...related.map((one) => at(one.place))].join(' '),
      ),
    ).toEqual([
      'SK1401 a.jsonl:4:1',
      'SK1415 a.jsonl:4:1',
      'SK1420 a.jsonl:1:18 a.yaml:7:22',
      'SK1421 a.jsonl:2:18 b.yaml:6:34',
      'SK1423 a.jsonl:3:16',
    ]);
  });
});
