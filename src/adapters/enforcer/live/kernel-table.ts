import type { Diagnostic } from '../../../model/diagnostic.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { type NftTable, tableName } from '../nftables/nft-table.ts';
import { readTable } from '../nftables/read-table.ts';
import { hasPassed, type NamespacePrograms, reasonOf } from './namespace-programs.ts';

/** The table of a list in the kernel: nothing where there is none; SK7302 where nft does not answer. */
export async function kernelTable(
  list: string,
  programs: NamespacePrograms,
): Promise<Result<NftTable | { readonly unread: string } | undefined>> {
  const tables = await programs.run('nft', ['list', 'tables', 'inet']);
  if (!hasPassed(tables)) {
    return failure(refusedByKernel(list, reasonOf(tables)));
  }
  if (
    !tables.stdout
      .toString()
      .split('\n')
      .includes(`table inet ${tableName(list)}`)
  ) {
    return success(undefined);
  }
  const listed = await programs.run('nft', ['list', 'table', 'inet', tableName(list)]);
  return hasPassed(listed)
    ? success(readTable(listed.stdout.toString().trimEnd()))
    : failure(refusedByKernel(list, reasonOf(listed)));
}

/** Gives the kernel one transaction, or asks whether it would take it. SK7302 where not: then nothing has changed. */
export async function transact(
  list: string,
  text: string,
  programs: NamespacePrograms,
  mode: 'check' | 'commit',
): Promise<Result<void>> {
  const result = await programs.run('nft', [...(mode === 'check' ? ['--check'] : []), '--file', '-'], text);
  return hasPassed(result) ? success(undefined) : failure(refusedByKernel(list, reasonOf(result)));
}

function refusedByKernel(list: string, reason: string): Diagnostic {
  return {
    code: 'SK7302',
    severity: 'error',
    message: `nft could not be had to work on the list ${list} (${reason}); what was in force still is`,
    hint: 'see what nft says; it needs root in the namespace, and the package nftables',
    failure: 'stalled',
  };
}
