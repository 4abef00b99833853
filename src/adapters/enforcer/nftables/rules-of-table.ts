import type { DestinationRule } from '../../../model/allow-list.ts';
import type { NftTable } from './nft-table.ts';

/** What a table lets pass, learned addresses left out: they stand for names, which their resolver knows. */
export function rulesOfTable({ rules, sets }: NftTable): readonly DestinationRule[] {
  const byName = new Map(sets.map((set) => [set.name, set]));
  return rules.flatMap(({ set: name, protocols, ports, verdict }) => {
    const set = byName.get(name);
    return set === undefined || set.holds === 'learned'
      ? []
      : set.elements.map(({ value }) => ({
          effect: verdict === 'refuse' ? ('deny' as const) : ('allow' as const),
          match: { kind: value.includes('/') ? ('cidr' as const) : ('ip' as const), value },
          protocols,
          ports,
        }));
  });
}
