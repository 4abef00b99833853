import type { CheckContext } from '../../engine/kind.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { type SmokeTest, type SmokeTier, tiersOf } from '../../stages/smoke/smoke-test.ts';
import { findDuplicates, type ImageFinding } from './image-finding.ts';
import { imageSpecOf, withAncestors } from './image-spec-of.ts';
import type { SandboxImageSpec } from './schema.ts';

/**
 * Smoke tests of an image: names stand once (SK1208), one probe each (SK1209), tiers that the probe can run in (SK1210),
 * and an image that has what they need: a disk (SK1211), a boot loader (SK1212), a network card (SK1213), the guest
 * agent (SK1214).
 */
export function checkSmokeTests(resource: ResolvedResource, context: CheckContext): readonly ImageFinding[] {
  const spec = imageSpecOf(resource);
  const tests = spec.smokeTests ?? [];
  const hasAgent = withAncestors(resource, context).some((image) =>
    imageSpecOf(image).packages?.includes('qemu-guest-agent'),
  );
  return [
    ...findDuplicates(
      tests,
      (test) => test.name,
      (name) => `the smoke test ${JSON.stringify(name)}`,
      (index) => `/smokeTests/${index}/name`,
    ),
    ...tests.flatMap((test, index) => checkTest(test, `/smokeTests/${index}`, spec, hasAgent)),
  ];
}

const probes = ['guestAgent', 'command', 'service', 'port', 'reach', 'file'] as const;

const allTiers: readonly SmokeTier[] = [0, 1, 2, 3];

function checkTest(
  test: SmokeTest,
  pointer: string,
  spec: SandboxImageSpec,
  hasAgent: boolean,
): readonly ImageFinding[] {
  const name = JSON.stringify(test.name);
  const written = probes.filter((candidate) => test[candidate] !== undefined);
  const [probe] = written;
  if (probe === undefined || written.length > 1) {
    return [
      {
        code: 'SK1209',
        pointer: written[1] === undefined ? `${pointer}/name` : `${pointer}/${written[1]}`,
        message: `the smoke test ${name} has ${probe === undefined ? 'nothing to look at' : written.join(' and ')}`,
        hint: 'write exactly one of guestAgent, command, service, port, reach, file',
      },
    ];
  }
  const tiers = tiersOf(test);
  const lowest = tiers[0];
  if (lowest === undefined) {
    const allowed = allTiers.filter((tier) => tiersOf({ ...test, tier }).length > 0).join(' or ');
    return [
      {
        code: 'SK1210',
        pointer: `${pointer}/tier`,
        message: `the smoke test ${name} cannot run in tier ${test.tier}: ${probe} runs in tier ${allowed}`,
        hint: `remove tier, or write ${allowed}`,
      },
    ];
  }
  const findings: ImageFinding[] = [];
  const outputs = spec.outputs ?? [];
  if (lowest >= 1 && !outputs.includes('raw') && !outputs.includes('qcow2')) {
    findings.push({
      code: 'SK1211',
      pointer: `${pointer}/name`,
      message: `the smoke test ${name} boots the image (tier ${lowest}), but no output of it boots`,
      hint: 'add qcow2 or raw to outputs, or test files alone',
    });
  }
  if (lowest === 3 && spec.disk?.bootLoader !== 'grub') {
    findings.push({
      code: 'SK1212',
      pointer: `${pointer}/tier`,
      message: `the smoke test ${name} starts from the firmware (tier 3), but the disk has no boot loader`,
      hint: 'set disk.bootLoader to grub, or use tier 2',
    });
  }
  if (probe === 'reach' && spec.network?.layout === 'none') {
    findings.push({
      code: 'SK1213',
      pointer: `${pointer}/reach`,
      message: `the smoke test ${name} opens connections, but network.layout none has no network card`,
      hint: 'use network.layout isolated or outbound',
    });
  }
  if (lowest >= 2 && !hasAgent) {
    findings.push({
      code: 'SK1214',
      pointer: `${pointer}/${probe}`,
      message: `the smoke test ${name} asks the guest agent, which neither this image nor one that it is built on has`,
      hint: 'add qemu-guest-agent to packages, or use tier 1',
    });
  }
  return findings;
}
