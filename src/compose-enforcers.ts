import { dirname, join } from 'node:path';
import type { ResolverSettings } from './adapters/enforcer/dnsmasq/resolver-settings.ts';
import type { Enforcer, EnforcerName } from './adapters/enforcer/enforcer.ts';
import type { LiveEnforcer } from './adapters/enforcer/live-enforcer.ts';
import type { ProcessRunner } from './adapters/process/process.ts';
import type { WorkContext } from './adapters/work-context.ts';
import { openClock, openScratch, openStores, type Workspace } from './compose.ts';
import type { Result } from './model/result.ts';

/** The part of compose.ts that names enforcers. */

interface EnforcerPorts {
  readonly processes: ProcessRunner;
  /** Where names are resolved; of those that need it, what a host without one could not apply. */
  readonly resolver: ResolverSettings;
}

/** Each is loaded when it is asked for. */
const enforcers: Readonly<Record<EnforcerName, (ports: EnforcerPorts) => Promise<Enforcer>>> = {
  nftables: async (ports) =>
    (await import('./adapters/enforcer/nftables/nftables-enforcer.ts')).createNftablesEnforcer(ports),
  dnsmasq: async (ports) =>
    (await import('./adapters/enforcer/dnsmasq/dnsmasq-enforcer.ts')).createDnsmasqEnforcer(ports),
  rpz: async (ports) => (await import('./adapters/enforcer/rpz/rpz-enforcer.ts')).createRpzEnforcer(ports),
  squid: async (ports) =>
    (await import('./adapters/enforcer/squid/squid-enforcer.ts')).createSquidEnforcer(ports),
  suricata: async (ports) =>
    (await import('./adapters/enforcer/suricata/suricata-enforcer.ts')).createSuricataEnforcer(ports),
  cilium: async () => (await import('./adapters/enforcer/cilium/cilium-enforcer.ts')).ciliumEnforcer,
  hosts: async () => (await import('./adapters/enforcer/hosts/hosts-enforcer.ts')).createHostsEnforcer(),
  inetsim: async (ports) =>
    (await import('./adapters/enforcer/inetsim/inetsim-enforcer.ts')).createInetsimEnforcer(ports),
  e2b: async () => (await import('./adapters/enforcer/e2b-enforcer.ts')).e2bEnforcer,
  daytona: async () => (await import('./adapters/enforcer/daytona-enforcer.ts')).daytonaEnforcer,
  modal: async () => (await import('./adapters/enforcer/modal-enforcer.ts')).modalEnforcer,
  misp: async () => (await import('./adapters/enforcer/misp-enforcer.ts')).mispEnforcer,
  stix: async () => (await import('./adapters/enforcer/stix/stix-enforcer.ts')).stixEnforcer,
  csv: async () => (await import('./adapters/enforcer/csv/csv-enforcer.ts')).csvEnforcer,
  jsonl: async () => (await import('./adapters/enforcer/jsonl-enforcer.ts')).jsonlEnforcer,
};

/** In the order of the documentation. */
export const enforcerNames: readonly EnforcerName[] = [
  'nftables',
  'dnsmasq',
  'rpz',
  'squid',
  'suricata',
  'cilium',
  'hosts',
  'inetsim',
  'e2b',
  'daytona',
  'modal',
  'misp',
  'stix',
  'csv',
  'jsonl',
];

/** What needs a resolver to be applied. */
export function needsResolver(name: EnforcerName): boolean {
  return name === 'dnsmasq';
}

/** An enforcer; one that needs a resolver only says what it can where none is given. */
export async function openEnforcer(
  name: EnforcerName,
  { processes }: Pick<Workspace, 'processes'>,
  resolver: ResolverSettings | undefined,
): Promise<Enforcer> {
  return enforcers[name]({ processes, resolver: resolver ?? nowhere });
}

/** Addresses for documentation (RFC 5737), where nothing answers. */
const nowhere: ResolverSettings = {
  upstreams: [{ address: '192.0.2.53', port: 53 }],
  listen: ['127.0.0.1'],
  port: 53,
  user: { name: 'nobody', id: 65_534 },
};

/** Puts lists in force on this host; names too where a resolver is given. */
export async function openLiveEnforcer(
  { host, processes }: Workspace,
  resolver: ResolverSettings | undefined,
): Promise<LiveEnforcer> {
  const [{ createLiveEnforcer }, { createFileRunLock }, clock] = await Promise.all([
    import('./adapters/enforcer/live/create-live-enforcer.ts'),
    import('./adapters/run-lock/file-run-lock.ts'),
    openClock(),
  ]);
  return createLiveEnforcer({
    processes,
    clock,
    lockAt: (path) => createFileRunLock({ path, processes, clock }),
    stateFolder: join(dirname(host.storeFolder), 'applied-lists'),
    ...(resolver === undefined ? {} : { resolver }),
  });
}

const checkTimeoutMs = 60_000;

/** Ports and a scratch folder for a check of exported files, outside of any run. */
export async function withWorkContext<Value>(
  workspace: Workspace,
  signal: AbortSignal,
  work: (context: WorkContext) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const [scratch, { cache }] = await Promise.all([
    openScratch(workspace, () => undefined),
    openStores(workspace.host),
  ]);
  const folder = await scratch.create('check', 0);
  if (!folder.ok) {
    return folder;
  }
  await using held = folder.value;
  // Awaited here: the folder must outlive the work.
  return await work({ scratch: held, cache, log: () => undefined, signal, timeoutMs: checkTimeoutMs });
}
