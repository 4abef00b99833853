import { parseDuration, parseSize } from '../../model/quantity.ts';
import { parseUnitName } from '../../stages/customise/unit-name.ts';
import type { ImageFinding } from './image-finding.ts';
import type { SandboxImageSpec } from './schema.ts';

/** Less memory than this starts no kernel. */
const smallestMachine = '64MiB';

/**
 * Rules between fields of one image: something is published (SK1221), limits follow each other (SK1216), a machine that
 * can start (SK1217), no unit both enabled and disabled (SK1218).
 */
export function checkShape(spec: SandboxImageSpec): readonly ImageFinding[] {
  const findings: ImageFinding[] = [];
  const { limits, run, services, hardening } = spec;
  if (spec.outputs === undefined || spec.outputs.length === 0) {
    findings.push({
      code: 'SK1221',
      pointer: spec.outputs === undefined ? '/version' : '/outputs',
      message: 'it has no outputs, so that nothing would be published',
      hint: 'add outputs, for example [qcow2]; an image that others are built on needs rootfs',
    });
  }
  if (limits?.warnAfter !== undefined && limits.stopAfter !== undefined) {
    if (parseDuration(limits.warnAfter) > parseDuration(limits.stopAfter)) {
      findings.push({
        code: 'SK1216',
        pointer: '/limits/warnAfter',
        message: `limits.warnAfter (${limits.warnAfter}) is longer than limits.stopAfter (${limits.stopAfter})`,
        hint: 'warn before the stage is ended',
        other: { pointer: '/limits/stopAfter', message: 'stopAfter stands here' },
      });
    }
  }
  if (run?.memory !== undefined && parseSize(run.memory) < parseSize(smallestMachine)) {
    findings.push({
      code: 'SK1217',
      pointer: '/run/memory',
      message: `run.memory is ${run.memory}; no machine starts with less than ${smallestMachine}`,
      hint: 'give it more memory; 1GiB is the default',
    });
  }
  const enabled = (services?.enable ?? []).map(fullUnitName);
  for (const [index, unit] of (hardening?.disableServices ?? []).entries()) {
    const conflict = enabled.indexOf(fullUnitName(unit));
    if (conflict !== -1) {
      findings.push({
        code: 'SK1218',
        pointer: `/hardening/disableServices/${index}`,
        message: `the unit ${unit} is both enabled and disabled`,
        hint: 'remove it from services.enable or from hardening.disableServices',
        other: { pointer: `/services/enable/${conflict}`, message: 'it is enabled here' },
      });
    }
  }
  return findings;
}

function fullUnitName(unit: string): string {
  return parseUnitName(unit)?.text ?? unit;
}
