import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { askProgram } from '../ask-program.ts';
import type { CheckedBy, CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, notSayable, unusableListName } from '../export-problem.ts';
import { decideNames, readDecisions } from '../name-decisions.ts';
import { readOnlyFile } from '../read-only-file.ts';
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
    readBack: (files) =>
      readOnlyFile(files, ({ bytes }) => readDecisions(readZone(Buffer.from(bytes).toString('latin1')))),
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

async function checkZone(
  file: ExportedFile,
  processes: ProcessRunner,
  context: WorkContext,
): Promise<Result<CheckedBy>> {
  const path = join(context.scratch.path, file.name);
  await writeFile(path, file.bytes);
  return await askProgram(
    {
      program: 'named-checkzone',
      fileName: file.name,
      command: {
        file: 'named-checkzone',
        arguments: ['-k', 'fail', '-n', 'fail', triedAs, path],
      },
      versionArgument: '-v',
      versionPattern: /(\S.{0,99})/,
      saidIn: ({ stdout, stderr }) => `${stdout.toString()}${stderr}`,
    },
    processes,
    context,
  );
}
