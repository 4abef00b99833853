import { failure, type Result, success } from '../../../model/result.ts';
import type { CompiledList, Enforcer, EnforcerInput } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { unusableListName } from '../export-problem.ts';
import { decideNames, readDecisions } from '../name-decisions.ts';
import { readOnlyFile } from '../read-only-file.ts';
import { filterText, readFilter } from './filter-text.ts';

/**
 * A list as a filter list for AdGuard Home and resolvers that read the same. A plain hosts file says where a name is and
 * nothing about any other name, so it can stop names but never be all that passes; the rules that such resolvers take in
 * its place can. It says names alone, as a response policy zone does.
 */
export function createHostsEnforcer(): Enforcer {
  return {
    name: 'hosts',
    abilities: {
      matches: ['host', 'subdomains', 'apexAndSubdomains'],
      ipv6: false,
      ports: false,
      protocols: false,
      expiry: false,
      denials: true,
      maxRules: null,
      atomic: true,
    },
    compile,
    readBack: (files) =>
      readOnlyFile(files, ({ bytes }) => readDecisions(readFilter(Buffer.from(bytes).toString('latin1')))),
  };
}

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  const decided = decideNames(input, { called: 'a DNS filter list', holds: () => true });
  return decided.ok
    ? success({
        files: [
          {
            name: `${input.list}.filter.txt`,
            bytes: Buffer.from(filterText(input, decided.value.decisions)),
          },
        ],
        losses: decided.value.losses,
      })
    : decided;
}
