import { isNameMatch } from '../../../allow-list/names.ts';
import type { DestinationRule } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile, Loss } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, unusableListName } from '../export-problem.ts';
import { readOnlyFile } from '../read-only-file.ts';
import { baseChains } from './base-chains.ts';
import { allowedAddresses, markOf } from './build-table.ts';
import { checkTable } from './check-table.ts';
import { type NftTable, tableName } from './nft-table.ts';
import { readTable } from './read-table.ts';
import { rulesOfTable } from './rules-of-table.ts';
import { tableText } from './table-text.ts';

/**
 * A list as one nftables table of family inet, for the namespace of a sandbox or for one that its packets pass through:
 * what the list does not allow goes nowhere. The file replaces the table in one transaction. It says addresses; names
 * need a resolver beside it.
 */
export function createNftablesEnforcer({ processes }: { readonly processes: ProcessRunner }): Enforcer {
  return {
    name: 'nftables',
    abilities: {
      matches: ['ip', 'cidr'],
      ipv6: true,
      ports: true,
      protocols: true,
      expiry: true,
      denials: true,
      maxRules: null,
      atomic: true,
    },
    compile,
    readBack: (files) => readOnlyFile(files, readFile),
    check: async ([file], context) =>
      file === undefined ? failure(notInItsForm('no file')) : await checkTable(file, processes, context),
  };
}

/** The table of the addresses of a list. SK7210 for a name that no table can have. */
export function addressTable(
  input: EnforcerInput,
  headCounter: number | null,
): Result<{ readonly table: NftTable; readonly losses: readonly Loss[] }> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  const { sets, rules, losses } = allowedAddresses(input);
  const names = input.entries
    .filter(({ effect, match }) => effect === 'allow' && isNameMatch(match))
    .map((entry) => ({ entry, kind: 'omitted' as const, reason: 'nftables knows addresses, not names' }));
  const table = {
    name: tableName(input.list),
    mark: markOf(input, headCounter),
    sets,
    rules,
    baseChains: baseChains(undefined),
  };
  return success({ table, losses: [...losses, ...names] });
}

function compile(input: EnforcerInput): Result<CompiledList> {
  const built = addressTable(input, null);
  if (!built.ok) {
    return built;
  }
  const { table, losses } = built.value;
  return success({
    files: [{ name: `${input.list}.nft`, bytes: Buffer.from(tableText(input.list, table)) }],
    losses,
  });
}

function readFile(file: ExportedFile): Result<readonly DestinationRule[]> {
  const table = readTable(Buffer.from(file.bytes).toString('utf8'));
  if ('unread' in table) {
    return failure(notInItsForm(table.unread));
  }
  return JSON.stringify(table.baseChains) === JSON.stringify(baseChains(undefined))
    ? success(rulesOfTable(table))
    : failure(notInItsForm('the chains around the rules'));
}
