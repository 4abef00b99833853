import type { DestinationPolicy } from '../../allow-list/destination-policy.ts';
import type { AllowEntry, DestinationRule, MatchKind } from '../../model/allow-list.ts';
import type { Digest } from '../../model/digest.ts';
import type { Result } from '../../model/result.ts';
import type { WorkContext } from '../work-context.ts';

/** Something that lets traffic pass or not: how an allow-list is said in its language. */
export interface Enforcer {
  readonly name: EnforcerName;
  readonly abilities: EnforcerAbilities;
  /**
   * Writes the files of a list: a pure function, so the same input gives the same bytes. What the language cannot say
   * exactly is left out, or said more narrowly, and reported; nothing is ever said more widely. Fails with SK7210 where
   * the whole list cannot be said, such as one that is longer than the limit.
   */
  compile(input: EnforcerInput): Result<CompiledList>;
  /** Reads files of {@link compile} back; fails with SK7211 where they are not in its form. */
  readBack(files: readonly ExportedFile[]): Result<readonly DestinationRule[]>;
  /** Has the files judged by the real program; absent where there is none to ask. SK7212 where it refuses them. */
  check?(files: readonly ExportedFile[], context: WorkContext): Promise<Result<CheckedBy>>;
}

export type EnforcerName =
  | 'nftables'
  | 'dnsmasq'
  | 'rpz'
  | 'squid'
  | 'suricata'
  | 'cilium'
  | 'hosts'
  | 'inetsim'
  | 'e2b'
  | 'daytona'
  | 'modal'
  | 'misp'
  | 'stix'
  | 'csv'
  | 'jsonl';

/** What an enforcer can say. */
export interface EnforcerAbilities {
  /** Match kinds that it can say exactly. */
  readonly matches: readonly MatchKind[];
  readonly ipv6: boolean;
  /** Whether a rule can be limited to ports. */
  readonly ports: boolean;
  /** Whether a rule can be limited to one of tcp and udp. */
  readonly protocols: boolean;
  /** Whether a rule ends by itself at a given time. */
  readonly expiry: boolean;
  /** Whether it can deny a part of what it allows. */
  readonly denials: boolean;
  /** Most rules that it takes; null without a limit. */
  readonly maxRules: number | null;
  /** Whether a new list replaces the old one in one step. */
  readonly atomic: boolean;
}

/** What the user says that another part enforces, so that it need not be said here. */
export type LeftToOthers = 'ports' | 'expiry';

export interface EnforcerInput {
  readonly list: string;
  readonly revision: number;
  /** When the revision was made, ISO 8601 UTC: what exports with times in them stand on. */
  readonly createdAt: string;
  /** Of the revision's set. */
  readonly set: Digest;
  /** In scope and in force, denials included. */
  readonly entries: readonly AllowEntry[];
  /** The same as disjoint addresses and names, denials taken out where that is possible. */
  readonly policy: DestinationPolicy;
  /**
   * When the files are put in force, ISO 8601 UTC: an enforcer whose timed rules count from then can say them. Null for
   * files that are kept: they would be in force for longer than the list says.
   */
  readonly appliedAt: string | null;
  readonly leftToOthers: ReadonlySet<LeftToOthers>;
}

export interface CompiledList {
  /** Sorted by name. */
  readonly files: readonly ExportedFile[];
  /** What is not said, or said more narrowly. */
  readonly losses: readonly Loss[];
}

export interface ExportedFile {
  /** A plain file name: `lab-egress.nft`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An entry that the files do not say as it stands. */
export interface Loss {
  readonly entry: AllowEntry;
  /** `omitted`: nothing of it is said; `narrowed`: a part. */
  readonly kind: 'omitted' | 'narrowed';
  /** One clause: `RPZ knows no ports`. */
  readonly reason: string;
}

/** Which program accepted the files. */
export interface CheckedBy {
  readonly program: string;
  readonly version: string;
}
