import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '../../../allow-list/address.ts';
import type { Protocol } from '../../../model/allow-list.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ResolverSettings } from '../dnsmasq/resolver-settings.ts';
import type { ListPlace } from '../live-enforcer.ts';
import { type NftTable, tableName } from '../nftables/nft-table.ts';
import { kernelTable } from './kernel-table.ts';
import type { LiveEnforcerOptions } from './live-enforcer-options.ts';
import { hasPassed, type NamespacePrograms, namespacePrograms, reasonOf } from './namespace-programs.ts';
import { type Passes, passesOf } from './passes.ts';

/** A connection that the kernel tracks. */
interface Connection {
  readonly protocol: Protocol;
  readonly from: { readonly address: string; readonly port: number };
  /** As its first packet named it. */
  readonly to: { readonly address: string; readonly port: number };
  /** Where its packets really go, address translation done. */
  readonly destination: { readonly address: string; readonly port: number };
}

/** All connections of a namespace; SK7307 where conntrack does not answer. */
async function connections(programs: NamespacePrograms): Promise<Result<readonly Connection[]>> {
  const listed = await programs.run('conntrack', ['--dump']);
  return hasPassed(listed)
    ? success(listed.stdout.toString().split('\n').flatMap(connectionOf))
    : failure(notEnded(reasonOf(listed)));
}

/**
 * Makes the kernel forget connections to what does not pass, in one run of conntrack; gives their number. Those of the
 * namespace with itself are left alone.
 */
async function endOthers(
  tracked: readonly Connection[],
  passes: Passes,
  programs: NamespacePrograms,
): Promise<Result<number>> {
  const ended = tracked.filter(
    ({ protocol, destination: { address, port } }) =>
      !isLoopback(address) && !passes(protocol, address, port),
  );
  if (ended.length === 0) {
    return success(0);
  }
  // conntrack opens what it reads by name, which it cannot do with the socket that its input is.
  const folder = await mkdtemp(join(tmpdir(), 'sandkiln-connections-'));
  try {
    const path = join(folder, 'deletions');
    await writeFile(path, ended.map(deletion).join(''));
    const result = await programs.run('conntrack', ['--load-file', path]);
    return hasPassed(result) ? success(ended.length) : failure(notEnded(reasonOf(result)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ends what the list in force in a namespace does not allow; gives the number. SK7301, SK7302, SK7307. */
export async function dropConnections(
  place: ListPlace,
  { processes, resolver }: LiveEnforcerOptions,
): Promise<Result<number>> {
  const programs = await namespacePrograms(place, processes);
  if (!programs.ok) {
    return programs;
  }
  const table = await kernelTable(place.list, programs.value);
  if (!table.ok) {
    return table;
  }
  return table.value === undefined || 'unread' in table.value
    ? failure(notEnded('no list of that name, or one that others changed, is in force'))
    : await dropOthers(table.value, programs.value, resolver);
}

/**
 * Ends what a table that is in force does not let pass. Connections are listed before the learned addresses are, so that
 * none of a name that was just resolved is taken for a stranger.
 */
export async function dropOthers(
  table: NftTable,
  programs: NamespacePrograms,
  resolver: ResolverSettings | undefined,
): Promise<Result<number>> {
  const tracked = await connections(programs);
  if (!tracked.ok || tracked.value.length === 0) {
    return tracked.ok ? success(0) : tracked;
  }
  const learns = table.sets.some(({ holds }) => holds === 'learned');
  const kernel = learns
    ? await kernelTable(table.name.slice(tableName('').length), programs)
    : success(table);
  if (!kernel.ok) {
    return kernel;
  }
  return kernel.value === undefined || 'unread' in kernel.value
    ? failure(notEnded('others changed the table meanwhile'))
    : await endOthers(
        tracked.value.filter((each) => !isQuery(each, resolver)),
        passesOf(kernel.value),
        programs,
      );
}

function connectionOf(line: string): readonly Connection[] {
  const [, protocol, from = '', to = '', fromPort, toPort, source = '', port] =
    /^(tcp|udp) .*?src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+) .*?src=(\S+) dst=\S+ sport=(\d+) /.exec(
      line,
    ) ?? [];
  return protocol === 'tcp' || protocol === 'udp'
    ? [
        {
          protocol,
          from: { address: from, port: Number(fromPort) },
          to: { address: to, port: Number(toPort) },
          destination: { address: source, port: Number(port) },
        },
      ]
    : [];
}

function deletion({ protocol, from, to }: Connection): string {
  const family = to.address.includes(':') ? 'ipv6' : 'ipv4';
  return `-D -f ${family} -p ${protocol} --orig-src ${from.address} --orig-dst ${to.address} --orig-port-src ${from.port} --orig-port-dst ${to.port}\n`;
}

/** What the resolver asks passes by a rule of its own. */
function isQuery({ destination }: Connection, resolver: ResolverSettings | undefined): boolean {
  return (resolver?.upstreams ?? []).some(
    ({ address, port }) => address === destination.address && port === destination.port,
  );
}

function isLoopback(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed?.family === 4 ? parsed.value >> 24n === 127n : parsed?.value === 1n;
}

function notEnded(reason: string): Diagnostic {
  return {
    code: 'SK7307',
    severity: 'error',
    message: `the list is in force, but connections that it does not allow could not be ended (${reason})`,
    hint: 'they pass nothing any more; install conntrack (package conntrack) and apply again to have them forgotten',
    failure: 'transient',
  };
}
