import type { ResolverRules } from '../nftables/base-chains.ts';

/** A dnsmasq that answers the questions of sandboxes in a network namespace; what belongs to the host of it. */
export interface ResolverSettings {
  /** Where it asks, in canonical text; the table lets these queries pass for its user alone. */
  readonly upstreams: readonly { readonly address: string; readonly port: number }[];
  /** Addresses of the namespace that it answers at. */
  readonly listen: readonly string[];
  readonly port: number;
  /** Whom it runs as: a user that no sandbox has. */
  readonly user: { readonly name: string; readonly id: number };
}

export function resolverRules(settings: ResolverSettings, marksQueries: boolean): ResolverRules {
  const { user, upstreams, port } = settings;
  return { userId: user.id, upstreams, port, marksQueries };
}
