import { describe, expect, test } from 'vitest';
import { desiredOf, type Files, findingsOf } from '../../rig/desired-files.ts';
import { documentText } from '../../rig/image-files.ts';

function list(...lines: readonly string[]): Files {
  return {
    'specs/allow-lists/a.yaml': documentText('AllowList', 'a', ...lines),
    'lists/a.jsonl': '',
    'lists/link.jsonl': '120000 a.jsonl',
    linked: '120000 lists',
  };
}

/** Lists that include others: `a: b c`. */
function including(...lists: readonly string[]): Files {
  return Object.fromEntries(
    lists.map((text) => {
      const [name = '', ...included] = text.split(/[: ]+/).filter((part) => part !== '');
      return [
        `specs/allow-lists/${name}.yaml`,
        documentText('AllowList', name, `include: [${included.join(', ')}]`),
      ];
    }),
  );
}

/** What → the files, and code and place of all findings. */
const rules: Readonly<Record<string, readonly [files: Files, ...findings: readonly string[]]>> = {
  'an entry without a reason': [list('entries:', '  - {match: {host: a.b}}'), 'SK1104 6:7'],
  'a merge operator, as nothing lies under a list': [list('entries+: []'), 'SK1103 5:3'],
  'ports of the wrong shape': [
    list('entries:', '  - {match: {host: a.b}, ports: [true, 443, 70000, "1"], reason: r}'),
    'SK1105 6:36',
    'SK1108 6:47',
    'SK1107 6:54',
  ],
  'a range that ends before it starts': [
    list('entries:', '  - {match: {host: a.b}, ports: ["2-1"], reason: r}'),
    'SK1411 6:36',
  ],
  'two matches': [list('entries:', '  - {match: {host: a.b, ip: 192.0.2.1}, reason: r}'), 'SK1401 6:22'],
  'no match at all': [list('entries:', '  - {reason: r, match: {}}'), 'SK1401 6:26'],
  'host bits': [
    list('entries:', '  - {reason: r, match: {host: a.b}}', '  - {reason: r, match: {cidr: 10.0.0.1/8}}'),
    'SK1408 7:33',
  ],
  'a wildcard': [list('entries:', '  - {reason: r, match: {host: "*.a.b"}}'), 'SK1403 6:33'],
  'a day that is not': [
    list('entries:', '  - {reason: r, match: {host: a.b}, expiresAt: 2027-02-30T00:00:00Z}'),
    'SK1412 6:50',
  ],
  'a public suffix': [list('entries:', '  - {reason: r, match: {subdomains: github.io}}'), 'SK1409 6:39'],
  'names one below a public suffix (a warning)': [
    list('entries:', '  - {reason: r, match: {oneLabel: github.io}}'),
    'SK1410 6:37',
  ],
  'a file above the repository': [list('entriesFrom: [{file: ../a}]'), 'SK1430 5:24'],
  'an absolute path': [list('entriesFrom: [{file: /etc/passwd}]'), 'SK1430 5:24'],
  'a file that is not there': [list('entriesFrom: [{file: lists/b.jsonl}]'), 'SK1431 5:24'],
  'a folder': [list('entriesFrom: [{file: lists}]'), 'SK1431 5:24'],
  'a symbolic link': [list('entriesFrom: [{file: lists/link.jsonl}]'), 'SK1432 5:24'],
  'a file below one': [list('entriesFrom: [{file: linked/a.jsonl}]'), 'SK1432 5:24'],
  'a file twice': [list('entriesFrom: [{file: lists/a.jsonl}, {file: lists/a.jsonl}]'), 'SK1438 5:47'],
  'an included list that is not there': [list('include: [b]'), 'SK1112 5:13'],
  'a list twice': [{ ...list('include: [b, b]'), ...including('b:') }, 'SK1109 5:16'],
  'a list that includes itself': [list('include: [a]'), 'SK1120 5:13'],
  'an unknown group of what is always denied': [policy('{permit: [resolver]}'), 'SK1106 5:25'],
  'a sinkhole that is no destination': [
    policy('{sinkhole: [10.0.0.1/8, "*.a"]}'),
    'SK1408 5:27',
    'SK1403 5:39',
  ],
};

function policy(allowLists: string): Files {
  return { 'sandkiln.yaml': documentText('Repository', 'test', `allowLists: ${allowLists}`) };
}

describe('an allow-list', () => {
  test.each(Object.entries(rules))('is refused with its place: %s', (_what, [files, ...findings]) => {
    expect(
      findingsOf(files).map(({ code, place }) => `${code} ${place?.start?.line}:${place?.start?.column}`),
    ).toEqual(findings);
  });

  test('that goes round in a circle is shown with the whole path', () => {
    const [finding] = findingsOf(including('a: d b', 'b: d c', 'c: a', 'd:'));
    expect(finding).toMatchObject({
      code: 'SK1120',
      message: 'include goes round in a circle: a → b → c → a',
    });
    expect(finding?.related?.map(({ place }) => place.file)).toEqual([
      'specs/allow-lists/b.yaml',
      'specs/allow-lists/c.yaml',
    ]);
  });

  test('may include lists that include one and the same', () => {
    expect(findingsOf(including('a: b c', 'b: d', 'c: d', 'd:'))).toEqual([]);
  });

  test('stands on a chain of 64 lists and not on a longer one', () => {
    const chain = Array.from(
      { length: 65 },
      (_, index) => `l${index}: ${index === 64 ? '' : `l${index + 1}`}`,
    );
    expect(findingsOf(including(...chain)).map(({ code, place }) => `${code} ${place?.file}`)).toEqual([
      'SK1119 specs/allow-lists/l0.yaml',
    ]);
    expect(findingsOf(including(...chain.slice(1)))).toEqual([]);
  });

  test('keeps the names that it includes in what its digest is made of', () => {
    const [left, right] = [including('a: b', 'b:', 'c:'), including('a: c', 'b:', 'c:')].map((files) =>
      desiredOf(files).resources.get('AllowList')?.get('a'),
    );
    expect(left?.spec).toEqual({ include: ['b'] });
    expect(left?.digest).not.toBe(right?.digest);
  });
});
