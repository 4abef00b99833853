import { describe, expect, it } from 'vitest';
import { cpusOf, limitCpus } from '../../../src/adapters/isolation/limit-cpus.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';

const command = { file: 'nproc', arguments: [] };

describe('limiting CPUs', () => {
  it('gives a command no more CPUs than asked for', async () => {
    const limited = await limitCpus(command, 1);
    const result = await createProcessRunner().run(limited, { timeoutMs: 10_000 });
    expect(result.stdout.toString('utf8')).toBe('1\n');
  });

  it('leaves a command alone that has no limit, or one that the host is below', async () => {
    expect(await limitCpus(command, undefined)).toBe(command);
    expect(await limitCpus(command, 100_000)).toBe(command);
  });

  it('reads ranges and single numbers', () => {
    expect(cpusOf('Name:\tx\nCpus_allowed_list:\t0-2,8\n')).toEqual([0, 1, 2, 8]);
    expect(cpusOf('nothing of the kind')).toEqual([]);
  });
});
