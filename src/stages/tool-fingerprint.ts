import type { Tools } from '../adapters/tools/tools.ts';
import type { StageFingerprint } from '../engine/stage.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/json.ts';
import type { Result } from '../model/result.ts';
import { failure, success } from '../model/result.ts';
import type { ToolRequirement } from '../model/tool.ts';

/** Versions of the tools that a stage starts, or a diagnostic for each that is missing or too old (SK9001). */
export async function toolFingerprint(
  tools: Tools,
  requirements: readonly ToolRequirement[],
  environment: JsonObject,
): Promise<Result<StageFingerprint>> {
  const versions: Record<string, string> = {};
  const missing: Diagnostic[] = [];
  for (const report of await tools.probe(requirements)) {
    if (report.satisfied) {
      versions[report.requirement.command] = report.version ?? 'unknown';
    } else {
      missing.push(missingTool(report.requirement, report.version));
    }
  }
  return missing.length > 0 ? failure(...missing) : success({ tools: versions, environment });
}

function missingTool(requirement: ToolRequirement, version: string | undefined): Diagnostic {
  const { command, minimum, debianPackage, purpose } = requirement;
  const found = version === undefined ? 'is not installed' : `is version ${version}, older than ${minimum}`;
  return {
    code: 'SK9001',
    severity: 'error',
    message: `${command}, which ${purpose}, ${found}`,
    hint: `install it (Debian: apt-get install ${debianPackage}); sandkiln doctor lists everything that is missing`,
    failure: 'transient',
  };
}
