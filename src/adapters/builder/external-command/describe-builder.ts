import type { Diagnostic } from '../../../model/diagnostic.ts';
import { compareCodePoints } from '../../../model/json.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { Scratch } from '../../scratch/scratch.ts';
import type { BuilderDescription } from '../builder.ts';
import { externalDiagnostic } from './external-diagnostic.ts';
import { type DescriptionEvent, protocolVersion } from './protocol.ts';
import { type ExternalCommand, runOperation } from './run-operation.ts';

/** Long for a program that only says what it is, short for a person who waits. */
const answerLimitMs = 10_000;

/** The operation `describe`, in a scratch folder. SK3110, SK4021 to SK4024, SK4027, SK4028. */
export async function describeBuilder(
  external: ExternalCommand,
  hostVersion: string | undefined,
  scratch: Scratch,
  signal: AbortSignal | undefined,
): Promise<Result<BuilderDescription>> {
  const { name, command } = external;
  const folder = await scratch.create(`describe-${name}`, 0);
  if (!folder.ok) {
    return folder;
  }
  await using _ = folder.value;
  const told = await runOperation(
    external,
    { protocol: protocolVersion, operation: 'describe' },
    {
      folder: folder.value.path,
      timeoutMs: answerLimitMs,
      log: () => {},
      ...(signal === undefined ? {} : { signal }),
    },
  );
  if (!told.ok) {
    const isSlow = told.diagnostics.some((diagnostic) => diagnostic.failure === 'timed-out');
    return isSlow
      ? failure(
          externalDiagnostic.unusableDescription(name, `it gave no answer within ${answerLimitMs / 1000} s`),
        )
      : failure(...told.diagnostics.map(withoutClass));
  }
  const { description } = told.value;
  const why = description === undefined ? 'it told no description' : problemOf(description);
  if (description === undefined || why !== undefined) {
    return failure(externalDiagnostic.unusableDescription(name, why ?? ''));
  }
  const { program, version, locksPackages, reproducible, tools } = description;
  return success({
    program,
    version,
    locksPackages,
    reproducible,
    tools: Object.fromEntries(
      Object.entries(tools).sort(([left], [right]) => compareCodePoints(left, right)),
    ),
    command,
    ...(hostVersion === undefined ? {} : { hostVersion }),
  });
}

/** What goes wrong here is never the fault of a spec, so nothing of it stalls one. */
function withoutClass({ failure: kind, ...diagnostic }: Diagnostic): Diagnostic {
  return kind === 'cancelled' ? { ...diagnostic, failure: kind } : diagnostic;
}

function problemOf({ protocol, tools }: DescriptionEvent): string | undefined {
  if (protocol !== protocolVersion) {
    return `it speaks version ${protocol} of the protocol, and this program version ${protocolVersion}`;
  }
  const wrong = Object.keys(tools).find((tool) => !/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(tool));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong.slice(0, 100))} is not the name of a tool`;
}
