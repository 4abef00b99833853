import { type Measured, measureProcess } from './measure-process.ts';

/** A command that is measured beside others. */
export interface Contender {
  readonly name: string;
  readonly file: string;
  readonly argv: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What its output must contain: a command that did something else is not measured. */
  readonly says?: string;
  /** Sets the scene before each run; not measured. */
  readonly prepare?: () => void;
}

/** Measures every command once a round, so that whatever else the machine does falls on all of them alike. */
export async function measureInTurn(
  contenders: readonly Contender[],
  rounds: number,
): Promise<ReadonlyMap<Contender, readonly Measured[]>> {
  const all = new Map<Contender, Measured[]>(contenders.map((one) => [one, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [contender, measured] of all) {
      contender.prepare?.();
      measured.push(await measureOne(contender));
    }
  }
  return all;
}

async function measureOne({ name, file, argv, directory, environment, says }: Contender): Promise<Measured> {
  const measured = await measureProcess(file, argv, { directory, environment, keepOutput: true });
  const output = `${measured.stdout}${measured.stderr}`;
  if (measured.exitCode !== 0 || (says !== undefined && !output.includes(says))) {
    throw new Error(`${name} ended with ${measured.exitCode} and without "${says}"\n${output.slice(-4000)}`);
  }
  return measured;
}
