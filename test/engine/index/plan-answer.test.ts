import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../../src/adapters/git/git.ts';
import { type AskedFor, answersFor, type PlanAnswer } from '../../../src/engine/index/plan-answer.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';

const id = (digit: string) => digit.repeat(40) as ObjectId;
const specs = { name: 'specs', mode: '040000', id: id('1') };
const asked: AskedFor = {
  tree: id('0'),
  desired: new Map([['specs', specs]]),
  catalog: new Map(),
  now: new Date('2026-11-20T12:00:00Z'),
};
const answer: PlanAnswer = {
  status: 'planned',
  key: { desired: { specs: `040000 ${id('1')}`, profiles: '' }, catalog: '' },
  validUntil: null,
  policy: { entry: '', name: 'default', spec: {}, warnings: [] },
  plan: { formatVersion: 1, changes: [], unchanged: 1, digest: digestOfBytes('') },
  warnings: [],
  diagnostics: [],
  head: null,
};

describe('a remembered answer', () => {
  it('holds for equal ids of what it was made from, whatever else is in the commit', () => {
    const readme = { name: 'README.md', mode: '100644', id: id('2') };
    const desired = new Map([...asked.desired, ['README.md', readme]]);
    expect(answersFor(answer, { ...asked, tree: id('9'), desired })).toBe(true);
  });

  it.each([
    ['another tree', { ...specs, id: id('3') }],
    ['another mode', { ...specs, mode: '120000' }],
  ])('does not hold for %s', (_, row) => {
    expect(answersFor(answer, { ...asked, desired: new Map([['specs', row]]) })).toBe(false);
  });

  it('does not hold once there is something where nothing was', () => {
    const profiles = { name: 'profiles', mode: '040000', id: id('4') };
    const catalog = { name: 'catalog', mode: '040000', id: id('5') };
    const desired = new Map([...asked.desired, ['profiles', profiles]]);
    expect(answersFor(answer, { ...asked, desired })).toBe(false);
    expect(answersFor(answer, { ...asked, catalog: new Map([['catalog', catalog]]) })).toBe(false);
  });

  it('holds until the time at which it may be another one', () => {
    const expiring = { ...answer, validUntil: '2026-11-20T12:00:00.000Z' };
    expect(answersFor(expiring, { ...asked, now: new Date('2026-11-20T11:59:59.999Z') })).toBe(true);
    expect(answersFor(expiring, asked)).toBe(false);
  });

  it('that is a failure holds for the same tree alone', () => {
    const failed = {
      status: 'failed',
      tree: id('0'),
      catalog: '',
      policy: answer.policy,
      diagnostics: [],
    } as const;
    expect(answersFor(failed, asked)).toBe(true);
    expect(answersFor(failed, { ...asked, tree: id('9') })).toBe(false);
  });
});
