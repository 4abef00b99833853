import type { Builder } from '../adapters/builder/builder.ts';
import type { Tools } from '../adapters/tools/tools.ts';
import type { StageFingerprint } from '../engine/stage.ts';
import type { Result } from '../model/result.ts';
import { toolFingerprint } from './tool-fingerprint.ts';

/** What of a builder decides the bytes that it makes: its name and version and its tools' versions. */
export function builderFingerprint(ports: {
  readonly builder: Builder;
  readonly tools: Tools;
}): Promise<Result<StageFingerprint>> {
  const { name, version, tools } = ports.builder;
  return toolFingerprint(ports.tools, tools, { builder: name, builderVersion: version });
}
