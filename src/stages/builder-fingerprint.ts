import type { Builder, Builders } from '../adapters/builder/builder.ts';
import type { Tools } from '../adapters/tools/tools.ts';
import type { StageFingerprint } from '../engine/stage.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import { asJson } from './stage-input.ts';
import { toolFingerprint } from './tool-fingerprint.ts';

/** The builder that a spec names. SK4020 where the host configuration has none of that name. */
export function findBuilder(builders: Builders, name: string): Result<Builder> {
  const builder = builders.get(name);
  return builder === undefined ? failure(unknownBuilder(name, [...builders.keys()])) : success(builder);
}

/** What of a builder decides the bytes that it makes: all that it says of itself, and its tools' versions. */
export async function builderFingerprint(
  name: string,
  ports: { readonly builders: Builders; readonly tools: Tools },
): Promise<Result<StageFingerprint>> {
  const builder = findBuilder(ports.builders, name);
  if (!builder.ok) {
    return builder;
  }
  const described = await builder.value.describe();
  if (!described.ok) {
    return described;
  }
  const probed = await toolFingerprint(ports.tools, builder.value.tools, {
    builder: name,
    description: asJson(described.value),
  });
  if (!probed.ok) {
    return probed;
  }
  const { program, version, tools } = described.value;
  return success({
    ...probed.value,
    tools: { ...tools, ...probed.value.tools, [`builder ${program}`]: version },
  });
}

function unknownBuilder(name: string, known: readonly string[]): Diagnostic {
  return {
    code: 'SK4020',
    severity: 'error',
    message: `the builder ${name} is not set up on this host, which has ${known.join(', ')}`,
    hint: `name its command under builders.${name} in the host configuration (docs/builders.md), or change the spec's builder`,
  };
}
