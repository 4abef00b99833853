import { matchesName, nameAndAbove } from '../../src/allow-list/names.ts';
import { unionOfPorts, withoutPorts } from '../../src/allow-list/port-set.ts';
import type { DestinationRule, Protocol } from '../../src/model/allow-list.ts';

/** Whether rules let a name pass at some port. */
export function passesAtSomePort(rules: readonly DestinationRule[], name: string): boolean {
  const ports = (effect: DestinationRule['effect'], protocol: Protocol) =>
    unionOfPorts(
      rules
        .filter(
          (rule) =>
            rule.effect === effect && rule.protocols.includes(protocol) && matchesName(rule.match, name),
        )
        .flatMap((rule) => rule.ports),
    );
  return (['tcp', 'udp'] as const).some(
    (protocol) => withoutPorts(ports('allow', protocol), ports('deny', protocol)).length > 0,
  );
}

/** Every name that rules mention, the names above those, and names one label and two labels below them all. */
export function namesAround(rules: readonly DestinationRule[]): readonly string[] {
  const bases = new Set(
    rules.flatMap(({ match }) => (/[:/]|\.\d+$/.test(match.value) ? [] : nameAndAbove(match.value))),
  );
  return [...new Set([...bases].flatMap((base) => [base, `q.${base}`, `r.q.${base}`]))];
}
