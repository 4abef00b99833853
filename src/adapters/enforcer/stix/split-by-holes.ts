import type { NameRule } from '../../../allow-list/destination-policy.ts';
import { sharedPorts, withoutPorts } from '../../../allow-list/port-set.ts';
import type { DestinationRule } from '../../../model/allow-list.ts';
import type { AllowedTraffic } from './traffic-pattern.ts';

/** A rule in parts, each with the names that are denied at all of its ports. */
export function splitByHoles({ match, protocols, ports, holes }: NameRule): readonly AllowedTraffic[] {
  return holes.reduce<readonly AllowedTraffic[]>(
    (parts, hole) => parts.flatMap((part) => splitByHole(part, hole)),
    [{ to: [match], exceptTo: [], protocols, ports }],
  );
}

function splitByHole(part: AllowedTraffic, hole: DestinationRule): readonly AllowedTraffic[] {
  const protocols = part.protocols.filter((protocol) => hole.protocols.includes(protocol));
  const ports = sharedPorts(part.ports, hole.ports);
  if (protocols.length === 0 || ports.length === 0) {
    return [part];
  }
  const otherProtocols = part.protocols.filter((protocol) => !hole.protocols.includes(protocol));
  const otherPorts = withoutPorts(part.ports, hole.ports);
  return [
    { ...part, exceptTo: [...part.exceptTo, hole.match], protocols, ports },
    ...(otherProtocols.length === 0 ? [] : [{ ...part, protocols: otherProtocols }]),
    ...(otherPorts.length === 0 ? [] : [{ ...part, protocols, ports: otherPorts }]),
  ];
}
