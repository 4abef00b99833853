import { type ExportHeader, headerLines } from '../export-header.ts';
import { queryMark } from '../nftables/base-chains.ts';
import { isResolved, type NameLine, type NamePlan } from './name-plan.ts';
import type { ResolverSettings } from './resolver-settings.ts';

/**
 * A configuration of dnsmasq that resolves what the plan names and refuses the rest: there is no server for anything
 * else. What it resolves goes into the sets that `setsOf` names. `/name/` stands for a name and all below it, `/*.name/`
 * for those below alone; the longest line that fits a question decides.
 */
export function confText(
  header: ExportHeader,
  plan: Pick<NamePlan, 'lines' | 'reach'>,
  settings: ResolverSettings,
  setsOf: (line: NameLine) => string,
): string {
  return [
    ...headerLines('#', header),
    ...settingLines(settings, plan.reach),
    ...plan.lines.flatMap((line) => nameLines(line, settings, setsOf)),
    ...(plan.reach === 'one label' ? patternLines(plan.lines) : []),
    '',
  ].join('\n');
}

/**
 * Lines that do not depend on the names. Nothing is cached, since only an answer that comes from a server enters the
 * sets; clients ask again long before an address leaves them.
 */
export function settingLines(settings: ResolverSettings, reach: NamePlan['reach']): readonly string[] {
  return [
    `user=${settings.user.name}`,
    `port=${settings.port}`,
    ...settings.listen.map((address) => `listen-address=${address}`),
    'bind-interfaces',
    'no-resolv',
    'no-hosts',
    'no-poll',
    'cache-size=0',
    'max-ttl=300',
    ...(reach === 'one label' ? [`connmark-allowlist-enable=${queryMark}`] : []),
  ];
}

function nameLines(
  line: NameLine,
  settings: ResolverSettings,
  setsOf: (line: NameLine) => string,
): readonly string[] {
  const { name } = line;
  const at = isResolved(line.at);
  const below = isResolved(line.below);
  const servers = (pattern: string) =>
    settings.upstreams.map(({ address, port }) => `server=/${pattern}/${address}#${port}`);
  return [
    ...(at ? servers(name) : [`local=/${name}/`]),
    ...(at && !below ? [`local=/*.${name}/`] : []),
    ...(!at && below ? servers(`*.${name}`) : []),
    ...(at || below ? [`nftset=/${name}/${setsOf(line)}`] : []),
  ];
}

/**
 * The questions that are answered, as patterns in which `*` is one label. dnsmasq takes one line a mark and mask, of no
 * more than 1024 bytes; masks that differ in bits that no mark has left are the same to it otherwise.
 */
export function patternLines(lines: readonly NameLine[]): readonly string[] {
  return lines
    .flatMap(({ name, at, below }) => [
      ...(isResolved(at) ? [name] : []),
      ...(isResolved(below) ? [`*.${name}`] : []),
    ])
    .map((pattern, index) => `connmark-allowlist=${queryMark}/${queryMark + index},${pattern}`);
}
