import type { PortRange, Protocol } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import { type NftRule, type NftSet, type NftTable, serviceName } from '../nftables/nft-table.ts';
import { isResolved, type NameLine, type NameService, noService } from './name-plan.ts';

/** The sets that dnsmasq fills, one a service and family, and the rules that let their addresses pass. */
export function learnedSets(lines: readonly NameLine[]): Pick<NftTable, 'sets' | 'rules'> {
  const services = new Map(
    lines
      .map(serviceOfLine)
      .filter(isResolved)
      .map((service) => [setName(service), service]),
  );
  const made = [...services.entries()]
    .sort(([left], [right]) => compareCodePoints(left, right))
    .flatMap(([name, service]) =>
      ([4, 6] as const).map((family) => ({ name: `${name}${family}`, family, service })),
    );
  return {
    sets: made.map(({ name, family }) => ({ name, family, holds: 'learned', elements: [] }) satisfies NftSet),
    rules: made.flatMap(({ name, family, service }) =>
      protocolsAndPorts(service).map(
        ({ protocols, ports }) =>
          ({ set: name, family, protocols, ports, verdict: 'accept' }) satisfies NftRule,
      ),
    ),
  };
}

/** What stands behind a name in `nftset=`. */
export function setsOfLine(table: string, line: NameLine): string {
  const name = setName(serviceOfLine(line));
  return `4#inet#${table}#${name}4,6#inet#${table}#${name}6`;
}

/** What the rules of a table let pass to the addresses of a learned set. */
export function serviceOfSet({ sets, rules }: NftTable, name: string): NameService | undefined {
  return sets.some((set) => set.name === name && set.holds === 'learned')
    ? rules
        .filter((rule) => rule.set === name && rule.verdict === 'accept')
        .reduce<NameService>(
          (service, { protocols, ports }) => ({
            tcp: protocols.includes('tcp') ? ports : service.tcp,
            udp: protocols.includes('udp') ? ports : service.udp,
          }),
          noService,
        )
    : undefined;
}

/** The one service of a line: where both are resolved, they have the same. */
function serviceOfLine({ at, below }: NameLine): NameService {
  return isResolved(at) ? at : below;
}

function setName(service: NameService): string {
  const parts = protocolsAndPorts(service).map(({ protocols, ports }) => serviceName(protocols, ports));
  return `learned_${parts.join('_and_')}_`;
}

function protocolsAndPorts({ tcp, udp }: NameService): readonly {
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
}[] {
  if (JSON.stringify(tcp) === JSON.stringify(udp)) {
    return [{ protocols: ['tcp', 'udp'], ports: tcp }];
  }
  return [
    ...(tcp.length === 0 ? [] : [{ protocols: ['tcp'] as const, ports: tcp }]),
    ...(udp.length === 0 ? [] : [{ protocols: ['udp'] as const, ports: udp }]),
  ];
}
