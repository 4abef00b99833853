import { join, resolve } from 'node:path';
import type { Enforcer, ExportedFile, LeftToOthers, Loss } from '../../adapters/enforcer/enforcer.ts';
import { destinationPolicy } from '../../allow-list/destination-policy.ts';
import { allowedOnlyBy } from '../../allow-list/destination-space.ts';
import type { ScopeChoice } from '../../allow-list/scope.ts';
import type { Workspace } from '../../compose.ts';
import { enforcerNames, needsResolver, openEnforcer, withWorkContext } from '../../compose-enforcers.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { makeFolders } from '../make-folders.ts';
import { jsonText } from '../render/json-text.ts';
import { replaceFile } from '../replace-file.ts';
import { wrongOption } from '../wrong-option.ts';
import { entryText } from './diff-revisions.ts';
import { lossRecord, reportLosses } from './report-losses.ts';
import { readResolverSettings } from './resolver-settings.ts';
import { verifiedEntries } from './verified-entries.ts';

/**
 * Writes a list for an enforcer, from a catalog that verifies. What was written is read back and compared with the list
 * as a space of addresses and names: an export that allows more is refused (SK7213). What an enforcer cannot say is
 * reported, and with --exact refused (SK7214).
 */
export async function exportList(
  invocation: Invocation,
  workspace: Workspace,
  [argument = '']: readonly string[],
  scope: ScopeChoice,
): Promise<Result<string>> {
  const left = readLeft(invocation.text('leave-to-others'));
  const enforcer = left.ok ? await chosenEnforcer(invocation, workspace) : left;
  if (!left.ok || !enforcer.ok) {
    return enforcer.ok ? failure(...(left.ok ? [] : left.diagnostics)) : enforcer;
  }
  const read = await verifiedEntries(workspace, argument, scope);
  if (!read.ok) {
    return read;
  }
  const { revision, entries } = read.value;
  const { name, revision: number, set, createdAt } = revision;
  const compiled = enforcer.value.compile({
    list: name,
    revision: number,
    set: set.digest,
    entries,
    policy: destinationPolicy(entries),
    appliedAt: null,
    createdAt,
    leftToOthers: left.value,
  });
  if (!compiled.ok) {
    return compiled;
  }
  const { files, losses } = compiled.value;
  const checked = await checkExport(invocation, workspace, enforcer.value, files, entries, left.value);
  if (!checked.ok) {
    return checked;
  }
  if (invocation.flag('exact') && losses.length > 0) {
    return failure(notExact(enforcer.value, name, losses));
  }
  const written = await write(invocation, files);
  if (!written.ok) {
    return written;
  }
  await reportLosses(invocation, enforcer.value.name, losses);
  return success(
    invocation.output === 'json'
      ? jsonText({
          formatVersion: 1,
          list: name,
          revision: number,
          set: set.digest,
          enforcer: enforcer.value.name,
          checkedBy: checked.value ?? null,
          files: files.map(({ name: file }) => file),
          losses: losses.map(lossRecord),
        })
      : written.value,
  );
}

async function chosenEnforcer(invocation: Invocation, workspace: Workspace): Promise<Result<Enforcer>> {
  const resolver = await readResolverSettings(invocation);
  if (!resolver.ok) {
    return resolver;
  }
  const name = enforcerNames.find((one) => one === invocation.text('to'));
  return name === undefined
    ? failure(wrongOption('to', invocation.text('to') ?? '', `one of ${enforcerNames.join(', ')}`))
    : needsResolver(name) && resolver.value === undefined
      ? failure(wrongOption('upstream', '', `an address where allowed names are resolved: ${name} needs it`))
      : success(await openEnforcer(name, workspace, resolver.value));
}

function readLeft(text: string | undefined): Result<ReadonlySet<LeftToOthers>> {
  const words = text === undefined ? [] : text.split(',');
  const known = (['ports', 'expiry'] as const).filter((word) => words.includes(word));
  return known.length === words.length
    ? success(new Set(known))
    : failure(wrongOption('leave-to-others', text ?? '', 'ports, expiry, or both with a comma'));
}

async function checkExport(
  invocation: Invocation,
  workspace: Workspace,
  enforcer: Enforcer,
  files: readonly ExportedFile[],
  entries: readonly AllowEntry[],
  left: ReadonlySet<LeftToOthers>,
): Promise<Result<{ readonly program: string; readonly version: string } | undefined>> {
  const back = enforcer.readBack(files);
  if (!back.ok) {
    return back;
  }
  const meant = left.has('ports') ? entries.map(withEveryPort) : entries;
  const [wider] = allowedOnlyBy(back.value, meant, 1);
  if (wider !== undefined) {
    return failure({
      code: 'SK7213',
      severity: 'error',
      message: `the export for ${enforcer.name} would allow ${wider}, which the list does not`,
      hint: 'this is a bug of sandkiln: please report it with the list; nothing was written',
    });
  }
  const check = enforcer.check?.bind(enforcer);
  return check === undefined || !invocation.flag('check')
    ? success(undefined)
    : withWorkContext(workspace, invocation.signal, (context) => check(files, context));
}

/** What others limit to ports is compared without them, denials as they are. */
function withEveryPort(entry: AllowEntry): AllowEntry {
  return entry.effect === 'allow'
    ? { ...entry, protocols: ['tcp', 'udp'], ports: [{ first: 0, last: 65_535 }] }
    : entry;
}

/** Files go to a folder, one alone to standard output where none is named. */
async function write(invocation: Invocation, files: readonly ExportedFile[]): Promise<Result<string>> {
  const out = invocation.text('out');
  const [only, ...more] = files;
  if (out === undefined) {
    return only !== undefined && more.length === 0
      ? success(Buffer.from(only.bytes).toString('utf8'))
      : failure(wrongOption('out', '', `a folder for the files ${files.map(({ name }) => name).join(', ')}`));
  }
  const folder = resolve(invocation.directory, out);
  const made = await makeFolders(folder);
  if (!made.ok) {
    return made;
  }
  const paths: string[] = [];
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    const written = await replaceFile(path, bytes);
    if (!written.ok) {
      return written;
    }
    paths.push(path);
  }
  return success(paths.map((path) => `${path}\n`).join(''));
}

function notExact({ name }: Enforcer, list: string, losses: readonly Loss[]): Diagnostic {
  const [first] = losses;
  return {
    code: 'SK7214',
    severity: 'error',
    message: `${name} cannot say ${losses.length} entries of ${list} exactly${first === undefined ? '' : `, such as ${entryText(first.entry)}: ${first.reason}`}`,
    hint: 'export it without --exact to have them narrowed or left out, and see them with --report',
  };
}
