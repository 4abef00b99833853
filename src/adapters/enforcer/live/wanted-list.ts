import { type Result, success } from '../../../model/result.ts';
import { resolvedList } from '../dnsmasq/dnsmasq-enforcer.ts';
import type { ResolverSettings } from '../dnsmasq/resolver-settings.ts';
import type { EnforcerInput, Loss } from '../enforcer.ts';
import type { NftTable } from '../nftables/nft-table.ts';
import { addressTable } from '../nftables/nftables-enforcer.ts';

/** A list as it should be in a namespace. */
export interface WantedList {
  readonly table: NftTable;
  /** Of the resolver; null without one. */
  readonly conf: string | null;
  readonly losses: readonly Loss[];
}

/** How much earlier timed elements end than the list says, so that the time of applying never makes them end later. */
const earlierMs = 2000;

export function wantedList(
  input: Omit<EnforcerInput, 'appliedAt'>,
  now: Date,
  headCounter: number | null,
  resolver: ResolverSettings | undefined,
): Result<WantedList> {
  const timed = { ...input, appliedAt: new Date(now.getTime() + earlierMs).toISOString() };
  if (resolver !== undefined) {
    return resolvedList(timed, resolver, headCounter);
  }
  const built = addressTable(timed, headCounter);
  return built.ok ? success({ ...built.value, conf: null }) : built;
}

/** Name of the resolver's configuration in the state folder. */
export function confName(list: string, namespace: string): string {
  return `${list}.${namespace}.dnsmasq.conf`;
}

/** Whether two configurations mean the same: headers name the revision, which changes more often. */
export function isSameConf(left: string | undefined, right: string): boolean {
  return left !== undefined && withoutComments(left) === withoutComments(right);
}

function withoutComments(text: string): string {
  return text.replaceAll(/^#.*\n/gm, '');
}
