import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAddress } from '../../../allow-list/address.ts';
import type { DestinationRule } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessResult, ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { askProgram } from '../ask-program.ts';
import type { CheckedBy, CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, unusableListName } from '../export-problem.ts';
import { readOnlyFile } from '../read-only-file.ts';
import { planSquid, rulesOfPlan } from './squid-plan.ts';
import { readSquid, squidText } from './squid-text.ts';

/**
 * A list as a part of squid.conf, for sandboxes whose only way out is the proxy: it stands in the place of every other
 * `http_access`. It is one file, since Squid looks for files that an `acl` names where it happens to run.
 */
export function createSquidEnforcer({ processes }: { readonly processes: ProcessRunner }): Enforcer {
  return {
    name: 'squid',
    abilities: {
      matches: ['host', 'subdomains', 'apexAndSubdomains', 'oneLabel', 'ip', 'cidr'],
      ipv6: true,
      ports: true,
      protocols: false,
      expiry: false,
      denials: true,
      maxRules: null,
      atomic: true,
    },
    compile,
    readBack: (files) => readOnlyFile(files, readFile),
    check: async ([file], context) =>
      file === undefined ? failure(notInItsForm('no file')) : await checkConf(file, processes, context),
  };
}

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  const { plan, losses } = planSquid(input);
  return success({
    files: [{ name: `${input.list}.squid.conf`, bytes: Buffer.from(squidText(input, plan)) }],
    losses,
  });
}

function readFile(file: ExportedFile): Result<readonly DestinationRule[]> {
  const plan = readSquid(Buffer.from(file.bytes).toString('latin1'));
  if ('unread' in plan) {
    return failure(notInItsForm(plan.unread));
  }
  const rules = rulesOfPlan(plan);
  const stray = rules.find(({ match }) => !isValue(match));
  return stray === undefined ? success(rules) : failure(notInItsForm(stray.match.value));
}

function isValue({ kind, value }: DestinationRule['match']): boolean {
  if (kind !== 'ip' && kind !== 'cidr') {
    return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(value);
  }
  const [address = '', prefix = '0', ...more] = value.split('/');
  return parseAddress(address) !== undefined && /^\d{1,3}$/.test(prefix) && more.length === 0;
}

/** Squid goes on after most mistakes, leaves out what it did not like and exits with 0: what it says decides. */
async function checkConf(
  file: ExportedFile,
  processes: ProcessRunner,
  context: WorkContext,
): Promise<Result<CheckedBy>> {
  const path = join(context.scratch.path, file.name);
  await writeFile(path, Buffer.concat([Buffer.from('http_port 127.0.0.1:3128\n'), file.bytes]));
  const complaintsIn = ({ stderr }: ProcessResult) =>
    stderr.split('\n').filter((line) => complaint.test(line));
  return await askProgram(
    {
      program: 'squid',
      fileName: file.name,
      command: { file: 'squid', arguments: ['-k', 'parse', '-f', path] },
      versionArgument: '-v',
      versionPattern: /Version (\S+)/,
      saidIn: (parsed) => complaintsIn(parsed).join('\n') || parsed.stderr,
      isContent: (parsed) => complaintsIn(parsed).length === 0,
    },
    processes,
    context,
  );
}

const complaint =
  /\|\s*(?:WARNING|ERROR|FATAL|SECURITY NOTICE): .*(?:acl|subdomain|subnetwork|ACL|term|access|regular)/i;
