import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownerPrefix, ownerState, removeLeftovers } from '../../../src/adapters/process/owned-name.ts';
import { ownIdentity } from '../../../src/adapters/process/process-identity.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const { pid, startTicks, namespace } = ownIdentity();
const names = {
  running: `${pid}-${startTicks}-${namespace}-x`,
  // The number of a process that runs, given to it after the one that made the name had ended.
  ended: `${pid}-${startTicks + 1}-${namespace}-x`,
  otherHost: `${pid}-${startTicks}-${namespace}1-x`,
  noNamespace: `${pid}-${startTicks + 1}-none-x`,
};

test('a name tells whether its process still runs, also where its number came again', () => {
  expect(`${ownerPrefix()}x`).toBe(names.running);
  expect(ownerState(names.running)).toBe('running');
  expect(ownerState(names.ended)).toBe('ended');
  expect(ownerState(names.otherHost)).toBe('unknown');
  expect(ownerState(names.noNamespace)).toBe('unknown');
  expect(ownerState('12-3')).toBeUndefined();
});

test('leftovers of ended processes go at once, those of unknown ones after a day, of running ones never', async () => {
  const folder = temporaryFolder();
  const made = [...Object.values(names), 'nobody', `memo.draft-${names.ended}`];
  const write = (ageHours: number) => {
    for (const name of made) {
      writeFileSync(join(folder, name), '');
      const time = Date.now() / 1000 - ageHours * 3600;
      utimesSync(join(folder, name), time, time);
    }
  };

  write(23);
  await removeLeftovers(folder, '.draft-');
  expect(readdirSync(folder).toSorted()).toEqual([...Object.values(names), 'nobody'].toSorted());
  await removeLeftovers(folder);
  expect(readdirSync(folder).toSorted()).toEqual(
    [names.running, names.otherHost, names.noNamespace, 'nobody'].toSorted(),
  );
  write(25);
  await removeLeftovers(folder);
  expect(readdirSync(folder)).toEqual([names.running]);
});
