import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNameMatch } from '../../../allow-list/names.ts';
import type { DestinationRule } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { askProgram } from '../ask-program.ts';
import type { CheckedBy, CompiledList, Enforcer, EnforcerInput, ExportedFile, Loss } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, notSayable, unusableListName } from '../export-problem.ts';
import { baseChains } from '../nftables/base-chains.ts';
import { allowedAddresses, deniedAddresses, markOf } from '../nftables/build-table.ts';
import { checkTable } from '../nftables/check-table.ts';
import { type NftTable, tableName } from '../nftables/nft-table.ts';
import { readTable } from '../nftables/read-table.ts';
import { rulesOfTable } from '../nftables/rules-of-table.ts';
import { tableText } from '../nftables/table-text.ts';
import { confText } from './conf-text.ts';
import { learnedSets, setsOfLine } from './learned-sets.ts';
import { isWritable, planNames } from './name-plan.ts';
import { readConf, rulesOfLines } from './read-conf.ts';
import { type ResolverSettings, resolverRules } from './resolver-settings.ts';

/**
 * A list as a configuration of dnsmasq and the nftables table that it fills, which belong together: names are resolved
 * only where the list allows them, and the addresses that they resolve to pass for an hour; addresses that the list
 * denies do not, whoever's name resolves to them. Whatever else is served at such an address is reached as well: that
 * is the price of judging packets by address.
 */
export function createDnsmasqEnforcer({
  processes,
  resolver,
}: {
  readonly processes: ProcessRunner;
  readonly resolver: ResolverSettings;
}): Enforcer {
  return {
    name: 'dnsmasq',
    abilities: {
      matches: ['host', 'subdomains', 'apexAndSubdomains', 'ip', 'cidr'],
      ipv6: true,
      ports: true,
      protocols: true,
      expiry: true,
      denials: true,
      maxRules: null,
      atomic: false,
    },
    compile: (input) => compile(input, resolver),
    readBack: (files) => readBack(files, resolver),
    check: (files, context) => check(files, processes, context),
  };
}

/** A list for a namespace with a resolver: its table and its configuration. */
export interface ResolvedList {
  readonly table: NftTable;
  readonly conf: string;
  readonly losses: readonly Loss[];
}

/** SK7210 for a list that no table can be named after, a denied name that dnsmasq cannot read, and a resolver as root. */
export function resolvedList(
  input: EnforcerInput,
  resolver: ResolverSettings,
  headCounter: number | null,
): Result<ResolvedList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  if (resolver.user.id === 0) {
    return failure(
      notSayable(
        'the questions of a resolver that runs as root cannot be told from those of other programs',
        'let it run as a user of its own, such as dnsmasq',
      ),
    );
  }
  const unwritable = input.entries.find(
    ({ effect, match }) => effect === 'deny' && isNameMatch(match) && !isWritable(match.value),
  );
  if (unwritable !== undefined) {
    return failure(
      notSayable(
        `dnsmasq could not read the denied name ${JSON.stringify(unwritable.match.value)}, and would resolve it`,
        'deny a name above it, of letters, digits, dashes and underscores',
      ),
    );
  }
  const plan = planNames(input);
  const allowed = allowedAddresses(input);
  const denied = deniedAddresses(input);
  const learned = learnedSets(plan.lines);
  const name = tableName(input.list);
  return success({
    table: {
      name,
      mark: markOf(input, headCounter),
      sets: [...denied.sets, ...allowed.sets, ...learned.sets],
      rules: [...denied.rules, ...allowed.rules, ...learned.rules],
      baseChains: baseChains(resolverRules(resolver, plan.reach === 'one label')),
    },
    conf: confText(input, plan, resolver, (line) => setsOfLine(name, line)),
    losses: [...allowed.losses, ...plan.losses],
  });
}

/** What a table and the configuration of the resolver that fills it allow together; else what of them is not ours. */
export function rulesOfResolved(
  table: NftTable,
  conf: string,
  resolver: ResolverSettings,
): readonly DestinationRule[] | { readonly unread: string } {
  const plan = readConf(conf, table, resolver);
  if ('unread' in plan) {
    return plan;
  }
  const chains = baseChains(resolverRules(resolver, plan.reach === 'one label'));
  if (JSON.stringify(table.baseChains) !== JSON.stringify(chains)) {
    return { unread: 'the chains around the rules' };
  }
  const rules = rulesOfLines(plan);
  return 'unread' in rules ? rules : [...rulesOfTable(table), ...rules];
}

function compile(input: EnforcerInput, resolver: ResolverSettings): Result<CompiledList> {
  const list = resolvedList(input, resolver, null);
  if (!list.ok) {
    return list;
  }
  const { table, conf, losses } = list.value;
  return success({
    files: [
      { name: `${input.list}.dnsmasq.conf`, bytes: Buffer.from(conf) },
      { name: `${input.list}.nft`, bytes: Buffer.from(tableText(input.list, table)) },
    ],
    losses,
  });
}

function readBack(
  [conf, nft, ...others]: readonly ExportedFile[],
  resolver: ResolverSettings,
): Result<readonly DestinationRule[]> {
  if (conf === undefined || nft === undefined || others.length > 0) {
    return failure(notInItsForm('a configuration and a table'));
  }
  const table = readTable(Buffer.from(nft.bytes).toString('utf8'));
  if ('unread' in table) {
    return failure(notInItsForm(table.unread));
  }
  const rules = rulesOfResolved(table, Buffer.from(conf.bytes).toString('utf8'), resolver);
  return 'unread' in rules ? failure(notInItsForm(rules.unread)) : success(rules);
}

async function check(
  [conf, nft]: readonly ExportedFile[],
  processes: ProcessRunner,
  context: WorkContext,
): Promise<Result<CheckedBy>> {
  if (conf === undefined || nft === undefined) {
    return failure(notInItsForm('a configuration and a table'));
  }
  const path = join(context.scratch.path, conf.name);
  await writeFile(path, conf.bytes);
  const tested = await testConf(path, conf.name, processes, context);
  if (!tested.ok) {
    return tested;
  }
  const table = await checkTable(nft, processes, context);
  return table.ok
    ? success({
        program: `${tested.value.program}, ${table.value.program}`,
        version: `${tested.value.version}, ${table.value.version}`,
      })
    : table;
}

/** Has `dnsmasq --test` read a configuration. SK7212 where it refuses it or cannot be asked. */
export async function testConf(
  path: string,
  name: string,
  processes: ProcessRunner,
  context: Pick<WorkContext, 'timeoutMs'> & { readonly signal?: AbortSignal },
): Promise<Result<CheckedBy>> {
  return await askProgram(
    {
      program: 'dnsmasq',
      fileName: name,
      command: { file: 'dnsmasq', arguments: ['--test', `--conf-file=${path}`] },
      versionArgument: '--version',
      versionPattern: /version (\S+)/,
      saidIn: ({ stderr }) => stderr,
    },
    processes,
    context,
  );
}
