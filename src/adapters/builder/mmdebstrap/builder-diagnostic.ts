import { closest } from 'fastest-levenshtein';
import type { Diagnostic } from '../../../model/diagnostic.ts';

/** The expected failures of the mmdebstrap builder; docs/diagnostics/builder.md describes each code. */
export const builderDiagnostic = {
  unusablePackageName(name: string): Diagnostic {
    return stalled(
      'SK4001',
      `${JSON.stringify(name.slice(0, 100))} cannot be a package name`,
      'write names of Debian packages: lower-case letters, digits, plus, minus and dots',
    );
  },
  unknownPackage(name: string, known: readonly string[]): Diagnostic {
    const near = known.length === 0 ? undefined : closest(name, known);
    return stalled(
      'SK4002',
      `no suite of the mirror has a package ${name}`,
      near === undefined ? 'correct the name' : `correct the name; a near one is ${near}`,
    );
  },
  virtualPackage(name: string, providers: readonly string[]): Diagnostic {
    return stalled(
      'SK4003',
      `${name} is not a package but something that packages provide`,
      `name one of them: ${providers.slice(0, 10).join(', ')}`,
    );
  },
  unsatisfiable(explanation: string): Diagnostic {
    return stalled(
      'SK4004',
      `the packages cannot be installed together:\n${explanation}`,
      'remove one of the packages that conflict, or change the parent image',
    );
  },
  mirrorFailed(mirror: string, said: string): Diagnostic {
    return {
      code: 'SK4005',
      severity: 'error',
      message: `the package mirror ${mirror} could not be read: ${said}`,
      hint: 'look whether the mirror can be reached (apt-get update), or set another in sandkiln.yaml; the next run tries again',
      failure: 'transient',
    };
  },
  untrustedIndex(mirror: string, said: string): Diagnostic {
    return stalled(
      'SK4006',
      `the package indexes of ${mirror} are not signed by Debian's archive keys: ${said}`,
      'use an official mirror, and keep the package debian-archive-keyring up to date',
    );
  },
  indexesGone(suites: readonly string[]): Diagnostic {
    return stalled(
      'SK4007',
      `the package indexes of the earlier lock are neither in the pool nor on the mirror any more: ${suites.join(', ')}`,
      'run `sandkiln update` to lock against the current indexes',
    );
  },
  unreadableIndex(what: string): Diagnostic {
    return stalled(
      'SK4008',
      `the package index ${what} has no form that an archive uses`,
      'use another mirror',
    );
  },
  clockBehind(date: string): Diagnostic {
    return {
      code: 'SK4009',
      severity: 'error',
      message: `all package indexes are from the future (${date}), so the clock of this host is wrong`,
      hint: 'set the clock (timedatectl) and run again',
      failure: 'transient',
    };
  },
  packageGone(poolPath: string, said: string): Diagnostic {
    return {
      code: 'SK4010',
      severity: 'error',
      message: `the locked package ${poolPath} is neither in the pool nor could it be fetched: ${said}`,
      hint: 'run again if the mirror was out of reach; if it dropped that version, run `sandkiln update`',
      failure: 'transient',
    };
  },
  notWhatWasLocked(difference: string): Diagnostic {
    return stalled(
      'SK4011',
      `what mmdebstrap installed is not what was locked: ${difference}`,
      'report this with the log of the stage; it is a defect of the builder',
    );
  },
  unusableFolder(path: string): Diagnostic {
    return stalled(
      'SK4012',
      `the folder ${JSON.stringify(path)} has characters that apt cannot take in a path`,
      'set XDG_CACHE_HOME to a folder of letters, digits, dots, dashes and underscores',
    );
  },
} as const;

function stalled(code: Diagnostic['code'], message: string, hint: string): Diagnostic {
  return { code, severity: 'error', message, hint, failure: 'stalled' };
}
