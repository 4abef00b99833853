import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { rangeOf } from '../../src/allow-list/address.ts';
import { alwaysDenied, alwaysDenyGroups, defaultSinkhole } from '../../src/allow-list/always-deny.ts';
import { denialsAbout } from '../../src/allow-list/denials-about.ts';
import { destinationMatch } from '../../src/allow-list/destination-match.ts';
import { normaliseEntry } from '../../src/allow-list/normalise-entry.ts';
import { listEntries, ownEntries } from '../../src/kinds/allow-list/list-entries.ts';
import { desiredOf } from '../rig/desired-files.ts';

const page = readFileSync(new URL('../../docs/kinds/allow-list.md', import.meta.url), 'utf8');

function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

/** Cells of the table under a heading, without backticks. */
function table(heading: string): readonly (readonly string[])[] {
  const section = page.split(`### ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
}

const everything = alwaysDenied({ permit: [], sinkhole: defaultSinkhole });

describe('the page about allow-lists', () => {
  test('has examples without any finding', () => {
    const [lines = ''] = blocks('jsonl');
    const files = Object.fromEntries(
      blocks('yaml').map((text, index) => [`specs/allow-lists/${index}.yaml`, text]),
    );
    const lists = desiredOf({ ...files, 'lists/partners.jsonl': lines }).resources.get('AllowList');
    const found = [...(lists?.values() ?? [])].map((list) =>
      listEntries(list, {
        resource: (_kind, name) => lists?.get(name),
        ownEntries: (one) => ownEntries(one, () => Buffer.from(lines)),
        alwaysDenied: everything,
      }),
    );
    expect(found.map(({ findings, entries }) => [findings(), entries.length])).toEqual([
      [[], 1],
      [[], 6],
    ]);
  });

  test.each(table('Normal form'))('is right that %s is %s', (written = '', code) => {
    const normal = normaliseEntry({ match: parse(written.replaceAll('`', '')), reason: 'r' }, 'l');
    expect(normal.ok ? normal.entry.match : normal.problems.map((problem) => problem.code)).toEqual([code]);
  });

  test('describes every group of what is always denied, and each with what it denies', () => {
    const rows = table('What is always denied');
    expect(rows.map(([group]) => group)).toEqual(alwaysDenyGroups.map((group) => `\`${group}\``));
    const { aboutName, aboutRange } = denialsAbout(everything);
    for (const [group = '', what = ''] of rows) {
      const named =
        what.match(/[0-9a-f.:]+(?:\/\d+)(?![^`]*`\))|(?<=`)[a-z.-]+\.[a-z]+(?=`)|\b(?:\d+\.){3}\d+/g) ?? [];
      for (const destination of named) {
        const match = destinationMatch(destination);
        const verdict = !match.ok
          ? undefined
          : match.match.kind === 'host'
            ? aboutName(match.match)
            : aboutRange(rangeOf(match.match.value));
        expect({ destination, groups: verdict?.groups.map((name) => `\`${name}\``) }).toEqual({
          destination,
          groups: expect.arrayContaining([group]),
        });
      }
    }
  });
});
