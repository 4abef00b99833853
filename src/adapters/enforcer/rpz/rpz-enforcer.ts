import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DestinationRule } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { CheckedBy, CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, notSayable, refusedByProgram, unusableListName } from '../export-problem.ts';
import { decideNames, rulesOfDecisions } from '../name-decisions.ts';
import { readZone, zoneText } from './zone-text.ts';

/**
 * A list as a response policy zone for a resolver: what the list does not allow does not exist. The serial is the
 * revision. It says names alone, so ports have to be left to others wherever an entry has any, and who knows an address
 * needs no resolver: something that judges packets belongs beside it.
 */
export function createRpzEnforcer({ processes }: { readonly processes: ProcessRunner }): Enforcer {
  return {
    name: 'rpz',
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
    readBack,
    check: async ([file], context) =>
      file === undefined ? failure(notInItsForm('no file')) : await checkZone(file, processes, context),
  };
}

/** RFC 1035, section 3.3.13: serials have 32 bits. */
const largestSerial = 0xffff_ffff;

/** A record holds the name of the zone too, and both together 253 characters; this leaves 50 for the zone and a wildcard. */
const longestName = 203;

/** The zone that files are tried as, a name as long as a real one may be. */
const triedAs = `${'z'.repeat(43)}.rpz`;

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  if (input.revision > largestSerial) {
    return failure(
      notSayable(
        `revision ${input.revision} of ${input.list} is no serial of a zone, which has 32 bits`,
        'export to another enforcer',
      ),
    );
  }
  const decided = decideNames(input, { called: 'RPZ', holds: isOwnerName });
  return decided.ok
    ? success({
        files: [
          {
            name: `${input.list}.rpz.zone`,
            bytes: Buffer.from(zoneText(input, decided.value.decisions)),
          },
        ],
        losses: decided.value.losses,
      })
    : decided;
}

/** Names below `rpz-ip` and its like are triggers of another kind. */
function isOwnerName(name: string): boolean {
  return name.length <= longestName && !/(^|\.)rpz-[a-z-]+$/.test(name);
}

function readBack([file, ...others]: readonly ExportedFile[]): Result<readonly DestinationRule[]> {
  if (file === undefined || others.length > 0) {
    return failure(notInItsForm(others[0]?.name ?? 'no file'));
  }
  const decisions = readZone(Buffer.from(file.bytes).toString('latin1'));
  if ('unread' in decisions) {
    return failure(notInItsForm(decisions.unread));
  }
  const rules = rulesOfDecisions(decisions);
  return 'unread' in rules ? failure(notInItsForm(rules.unread)) : success(rules);
}

async function checkZone(
  file: ExportedFile,
  processes: ProcessRunner,
  { scratch, timeoutMs, signal }: WorkContext,
): Promise<Result<CheckedBy>> {
  const path = join(scratch.path, file.name);
  await writeFile(path, file.bytes);
  const [checked, version] = await Promise.all([
    processes.run(
      { file: 'named-checkzone', arguments: ['-k', 'fail', '-n', 'fail', triedAs, path] },
      { timeoutMs, signal },
    ),
    processes.run({ file: 'named-checkzone', arguments: ['-v'] }, { timeoutMs, signal }),
  ]);
  return checked.ended === 'exited' && checked.exitCode === 0
    ? success({ program: 'named-checkzone', version: version.stdout.toString().trim().slice(0, 100) })
    : failure(
        refusedByProgram(
          'named-checkzone',
          file.name,
          checked.startError ?? `${checked.stdout.toString()}${checked.stderr}`,
        ),
      );
}
