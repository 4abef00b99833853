/** A smoke test as image specs declare it; exactly one of the probes is set. */
export interface SmokeTest {
  readonly name: string;
  readonly tier?: number;
  readonly guestAgent?: 'ping';
  readonly command?: {
    readonly as?: string;
    readonly run: readonly string[];
    readonly expect?: CommandExpectation;
  };
  readonly service?: { readonly unit: string; readonly active?: boolean };
  readonly port?: { readonly number: number; readonly open?: boolean };
  readonly reach?: { readonly address: string; readonly port: number; readonly reachable: boolean };
  readonly file?: {
    readonly path: string;
    readonly exists?: boolean;
    readonly mode?: string;
    readonly contains?: string;
  };
}

export interface CommandExpectation {
  /** Default 0. */
  readonly exitCode?: number;
  /** The exact output. */
  readonly stdout?: string;
  readonly stdoutContains?: string;
}

/** 0 the tree, 1 a micro boot, 2 the image's own init, 3 firmware and boot loader. */
export type SmokeTier = 0 | 1 | 2 | 3;

/**
 * The tiers in which a test may run. Without a tier of its own a command runs in tier 2 where the image has a guest
 * agent, else in tier 1; which it is shows in the tree, so both actions know of it.
 */
export function tiersOf(test: SmokeTest): readonly SmokeTier[] {
  const possible = possibleTiers(test);
  return test.tier === undefined
    ? possible.filter((tier) => tier !== 3)
    : possible.filter((tier) => tier === test.tier);
}

/** Whether it depends on the guest agent in which tier a test runs. */
export function isForEitherTier(test: SmokeTest): boolean {
  return test.command !== undefined && test.tier === undefined;
}

/** Why a test can never run as it is declared. */
export function smokeTestProblem(test: SmokeTest): string | undefined {
  const probes = [test.guestAgent, test.command, test.service, test.port, test.reach, test.file];
  if (probes.filter((probe) => probe !== undefined).length !== 1) {
    return 'a test is exactly one of guestAgent, command, service, port, reach and file';
  }
  if (tiersOf(test).length === 0) {
    return `this test can run in tier ${possibleTiers(test).join(' or ')}, not in tier ${test.tier}`;
  }
  if (test.command?.run.some((word) => word.includes('\0'))) {
    return 'the command has a NUL character, which no program takes';
  }
  if (test.reach !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._:-]*$|^::[0-9a-f:.]*$/.test(test.reach.address)) {
    return 'the address is no IP address and no host name';
  }
  return undefined;
}

function possibleTiers(test: SmokeTest): readonly SmokeTier[] {
  if (test.file !== undefined) {
    return [0];
  }
  return test.command !== undefined ? [1, 2, 3] : [2, 3];
}
