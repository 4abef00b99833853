/**
 * How an entry matches, in canonical text. Names are lower-case ASCII (IDNA 2008 A-labels) without a final dot:
 * `host` is the name alone, `subdomains` all names below it at any depth, `apexAndSubdomains` both, `oneLabel` the names
 * exactly one label below. Addresses are as RFC 5952 and dotted quads write them; a `cidr` has no host bits, and one of
 * full length is an `ip`.
 */
export interface Match {
  readonly kind: MatchKind;
  readonly value: string;
}

export type NameMatchKind = 'host' | 'subdomains' | 'apexAndSubdomains' | 'oneLabel';
export type AddressMatchKind = 'ip' | 'cidr';
export type MatchKind = NameMatchKind | AddressMatchKind;

/** Transport protocols that an allow-list can speak of. */
export type Protocol = 'tcp' | 'udp';

/** Ports from `first` to `last`, both included; 0 to 65535 stands for every port. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Where an entry holds; in a field that is absent, everywhere. An entry without a scope holds everywhere. */
export interface EntryScope {
  readonly runProfiles?: readonly string[];
  readonly pools?: readonly string[];
  /** SHA-256 of samples, as digests. */
  readonly samples?: readonly string[];
}

/** An entry in normal form, in force: what revisions hold and enforcers export. */
export interface AllowEntry {
  /** A denial beats every permission, wherever each of them stands. */
  readonly effect: 'allow' | 'deny';
  readonly match: Match;
  /** Sorted by name, without repetition; never empty. */
  readonly protocols: readonly Protocol[];
  /** Sorted, neither overlapping nor touching; never empty. */
  readonly ports: readonly PortRange[];
  readonly scope?: EntryScope;
  readonly reason: string;
  readonly owner?: string;
  /** ISO 8601 UTC; the entry is no longer in force from this moment on. */
  readonly expiresAt?: string;
  /** The observable that it was learned from. */
  readonly source?: string;
  /** The list that holds it, or `always-deny/<group>`. */
  readonly list: string;
}

/** A destination that somebody asks about, in canonical text. */
export interface Destination {
  readonly target: { readonly kind: 'name' | 'ip'; readonly value: string };
  readonly protocol: Protocol;
  readonly port: number;
}

/** A rule without its history: what an enforcer's files say, read back. */
export type DestinationRule = Pick<AllowEntry, 'effect' | 'match' | 'protocols' | 'ports'>;

/** Entries that differ between two sets. */
export interface AllowListChangeset {
  readonly added: readonly AllowEntry[];
  readonly removed: readonly AllowEntry[];
  readonly changed: readonly { readonly before: AllowEntry; readonly after: AllowEntry }[];
}

/** Groups of destinations that no list can allow unless the configuration of the repository names the group. */
export type AlwaysDenyGroup =
  | 'private'
  | 'loopback'
  | 'linkLocal'
  | 'metadata'
  | 'multicast'
  | 'reserved'
  | 'resolvers'
  | 'sinkhole';
