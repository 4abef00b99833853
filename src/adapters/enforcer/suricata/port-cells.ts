import { isNameMatch } from '../../../allow-list/names.ts';
import { everyPort, hasPort, portsText, unionOfPorts } from '../../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule, PortRange } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import { type Result, success } from '../../../model/result.ts';
import type { EnforcerInput, Loss } from '../enforcer.ts';
import { decideNames, type NameDecision, type NameDecisions, rulesOfDecisions } from '../name-decisions.ts';
import { type PassingName, passingNames } from './passing-names.ts';

/** TCP ports at which the same names pass. */
export interface PortCell {
  readonly ports: readonly PortRange[];
  readonly decisions: readonly NameDecision[];
  /** Why they pass: for reports alone. */
  readonly passing: readonly PassingName[];
}

/** Cuts a list into cells that hold every TCP port once, sorted by the text of their ports. */
export function planCells(
  input: EnforcerInput,
): Result<{ readonly cells: readonly PortCell[]; readonly losses: readonly Loss[] }> {
  const losses = new Map<AllowEntry, Loss>();
  const named: AllowEntry[] = [];
  for (const entry of input.entries) {
    const reason = isNameMatch(entry.match)
      ? entry.protocols.includes('tcp')
        ? undefined
        : 'Suricata reads names of TLS and HTTP, over TCP alone'
      : 'Suricata is told names, and cannot know which of them led to an address';
    if (reason === undefined) {
      named.push(entry);
    } else if (entry.effect === 'allow') {
      losses.set(entry, { entry, kind: 'omitted', reason });
    }
    if (reason === undefined && entry.effect === 'allow' && entry.protocols.includes('udp')) {
      losses.set(entry, {
        entry,
        kind: 'narrowed',
        reason: 'Suricata reads names of TLS and HTTP, over TCP alone',
      });
    }
  }
  const cells: PortCell[] = [];
  for (const { ports, entries } of entriesByCell(named)) {
    const decided = decideCell(input, entries);
    if (!decided.ok) {
      return decided;
    }
    for (const loss of decided.value.losses) {
      losses.set(loss.entry, loss);
    }
    const omitted = new Set(
      decided.value.losses.flatMap(({ kind, entry }) => (kind === 'omitted' ? [entry] : [])),
    );
    const { decisions } = decided.value;
    const said = entries.filter((entry) => !omitted.has(entry));
    cells.push({ ports, decisions, passing: passingNames(decisions, said) });
  }
  return success({ cells, losses: [...losses.values()] });
}

/** The cells as rules; the name that no rules can say, which {@link planCells} never makes. */
export function rulesOfCells(
  cells: readonly PortCell[],
): readonly DestinationRule[] | { readonly unread: string } {
  const rules: DestinationRule[] = [];
  for (const { ports, decisions } of cells) {
    const said = rulesOfDecisions(decisions);
    if ('unread' in said) {
      return said;
    }
    rules.push(...said.map(({ effect, match }) => ({ effect, match, protocols: ['tcp'] as const, ports })));
  }
  return rules;
}

/** At the ports of a cell every entry that is there at all is there for all of them. */
function decideCell(input: EnforcerInput, entries: readonly AllowEntry[]): Result<NameDecisions> {
  const originals = new Map<AllowEntry, AllowEntry>(
    entries.map((entry) => [{ ...entry, protocols: ['tcp', 'udp'], ports: everyPort }, entry]),
  );
  const decided = decideNames(
    { ...input, entries: [...originals.keys()] },
    { called: 'Suricata', holds: () => true },
  );
  return decided.ok
    ? success({
        decisions: decided.value.decisions,
        losses: decided.value.losses.map((loss) => ({
          ...loss,
          entry: originals.get(loss.entry) ?? loss.entry,
        })),
      })
    : decided;
}

function entriesByCell(
  entries: readonly AllowEntry[],
): readonly { readonly ports: readonly PortRange[]; readonly entries: readonly AllowEntry[] }[] {
  const groups = [...Map.groupBy(entries, ({ ports }) => portsText(ports)).values()];
  const portsOf = (group: readonly AllowEntry[]) => group[0]?.ports ?? [];
  const cuts = new Set([0]);
  for (const { first, last } of groups.flatMap(portsOf)) {
    cuts.add(first);
    cuts.add(last + 1);
  }
  cuts.delete(65_536);
  const starts = [...cuts].sort((left, right) => left - right);
  const cells = Map.groupBy(
    starts.map((first, index) => ({ first, last: (starts[index + 1] ?? 65_536) - 1 })),
    ({ first }) => groups.flatMap((group, index) => (hasPort(portsOf(group), first) ? [index] : [])).join(),
  );
  return [...cells]
    .map(([members, ranges]) => ({
      ports: unionOfPorts(ranges),
      entries: members === '' ? [] : members.split(',').flatMap((index) => groups[Number(index)] ?? []),
    }))
    .sort((left, right) => compareCodePoints(portsText(left.ports), portsText(right.ports)));
}
