import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAddress } from '../../../allow-list/address.ts';
import type { DestinationRule, Protocol } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { CheckedBy, CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { type ExportHeader, headerLines, isPlainListName, readHeader } from '../export-header.ts';
import { notInItsForm, refusedByProgram, unusableListName } from '../export-problem.ts';
import { readOnlyFile } from '../read-only-file.ts';
import { configReader } from './config-reader.ts';
import { rulesOfStatic, ruleText, type StaticRule, staticRules } from './static-rules.ts';

/**
 * A list as a part of inetsim.conf, for a lab where INetSim is the router and takes every connection for itself: what the
 * list allows goes through to where it was meant for. INetSim passes single ports of single IPv4 addresses; it answers
 * names with addresses of its own, so names cannot be passed.
 */
export function createInetsimEnforcer({ processes }: { readonly processes: ProcessRunner }): Enforcer {
  return {
    name: 'inetsim',
    abilities: {
      matches: ['ip', 'cidr'],
      ipv6: false,
      ports: true,
      protocols: true,
      expiry: false,
      denials: true,
      maxRules: null,
      atomic: false,
    },
    compile,
    readBack: (files) => readOnlyFile(files, readFile),
    check: async ([file], context) =>
      file === undefined ? failure(notInItsForm('no file')) : await checkConf(file, processes, context),
  };
}

/** What no rule is about goes to INetSim's own services. */
const settings = ['redirect_enabled yes', 'redirect_unknown_services yes'];

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  const { rules, losses } = staticRules(input);
  return success({
    files: [{ name: `${input.list}.inetsim.conf`, bytes: Buffer.from(confText(input, rules)) }],
    losses,
  });
}

function confText(header: ExportHeader, rules: readonly StaticRule[]): string {
  return [...headerLines('#', header), ...settings, ...rules.map(ruleText), ''].join('\n');
}

function readFile(file: ExportedFile): Result<readonly DestinationRule[]> {
  const text = Buffer.from(file.bytes).toString('latin1');
  const lines = text.split('\n');
  const header = readHeader('#', lines);
  const rules = lines.slice(2 + settings.length, -1).map(readRule);
  const unread = rules.indexOf(undefined);
  const read = rules.flatMap((rule) => rule ?? []);
  return header === undefined || unread !== -1 || confText(header, read) !== text
    ? failure(notInItsForm(lines[unread === -1 ? 0 : unread + 2 + settings.length] ?? ''))
    : success(rulesOfStatic(read));
}

function readRule(line: string): StaticRule | undefined {
  const [, protocol = '', address = '', port] =
    /^redirect_static_rule (tcp|udp) ([0-9.]{7,15}):([1-9]\d{0,4}) \2:\3$/.exec(line) ?? [];
  return port !== undefined &&
    isProtocol(protocol) &&
    parseAddress(address)?.family === 4 &&
    Number(port) < 65_536
    ? { protocol, address, port: Number(port) }
    : undefined;
}

function isProtocol(text: string): text is Protocol {
  return text === 'tcp' || text === 'udp';
}

/** Has INetSim's own reader of configurations read the file; INetSim itself cannot be asked without being started. */
async function checkConf(
  file: ExportedFile,
  processes: ProcessRunner,
  { scratch, timeoutMs, signal }: WorkContext,
): Promise<Result<CheckedBy>> {
  const path = join(scratch.path, file.name);
  await writeFile(path, file.bytes);
  const read = await processes.run(
    { file: 'perl', arguments: ['-e', configReader, path, scratch.path], directory: scratch.path },
    { timeoutMs, signal },
  );
  const said = read.stdout.toString();
  const version = /^version (\S+)$/m.exec(said)?.[1];
  const wanted =
    Buffer.from(file.bytes)
      .toString('latin1')
      .match(/^redirect_static_rule /gm)?.length ?? 0;
  const understood = said.match(/^redirects /gm)?.length ?? 0;
  return read.ended === 'exited' && read.exitCode === 0 && version !== undefined && understood === wanted
    ? success({ program: 'inetsim', version })
    : failure(
        refusedByProgram(
          'inetsim',
          file.name,
          read.startError ??
            /^Error: .*/m.exec(said)?.[0] ??
            (read.stderr || `it took ${understood} of ${wanted} rules`),
        ),
      );
}
