import { Buffer } from 'node:buffer';
import type { NameRule } from '../../../allow-list/destination-policy.ts';
import { isEveryPort } from '../../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { everyAbility } from '../every-ability.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, unusableListName } from '../export-problem.ts';
import { lossLedger } from '../loss-ledger.ts';
import { addressMatch } from '../plain-destinations.ts';
import { readOnlyFile } from '../read-only-file.ts';
import { readBundle } from './read-bundle.ts';
import { splitByHoles } from './split-by-holes.ts';
import { bundleText, indicator, observable } from './stix-objects.ts';
import { type AllowedTraffic, isPatternable } from './traffic-pattern.ts';

/**
 * A list as a STIX 2.1 bundle, to tell others what sandboxes may reach: it enforces nothing. A grouping "allowed egress"
 * refers to what is allowed: names and addresses that are allowed at every port and for good stand as observables, which
 * claim nothing but that they are meant; everything else as an indicator of benign traffic, whose pattern says ports,
 * wildcards and denials, and which ends when the entry does.
 */
export const stixEnforcer: Enforcer = {
  name: 'stix',
  abilities: everyAbility,
  compile,
  readBack: (files) => readOnlyFile(files, readFile),
};

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  const ledger = lossLedger();
  const objects = new Map<string, string>();
  const say = (entry: AllowEntry, traffic: AllowedTraffic) => {
    const made = isPlain(entry, traffic) ? traffic.to.map(observable) : [indicator(input, entry, traffic)];
    for (const object of made) {
      if (!objects.has(object.id)) {
        objects.set(object.id, JSON.stringify(object));
      }
    }
  };
  for (const rule of input.policy.names) {
    const { entry } = rule;
    const obstacle = endObstacle(entry, input) ?? nameObstacle(rule);
    ledger.note(entry, obstacle === undefined, obstacle);
    for (const part of obstacle === undefined ? splitByHoles(rule) : []) {
      say(entry, part);
    }
  }
  for (const { entry, prefixes, protocols, ports } of input.policy.addresses) {
    const obstacle = endObstacle(entry, input);
    ledger.note(entry, obstacle === undefined, obstacle);
    if (obstacle === undefined) {
      say(entry, { to: prefixes.map(addressMatch), exceptTo: [], protocols, ports });
    }
  }
  return success({
    files: [
      {
        name: `${input.list}.stix.json`,
        bytes: Buffer.from(bundleText(input, objects)),
      },
    ],
    losses: ledger.losses(),
  });
}

function readFile(file: ExportedFile): Result<readonly DestinationRule[]> {
  const read = readBundle(file);
  return 'unread' in read ? failure(notInItsForm(read.unread)) : success(read);
}

/** Observables know neither ports nor ends nor wildcards. */
function isPlain({ expiresAt }: AllowEntry, { to, exceptTo, protocols, ports }: AllowedTraffic): boolean {
  return (
    expiresAt === undefined &&
    exceptTo.length === 0 &&
    protocols.length === 2 &&
    isEveryPort(ports) &&
    to.every(({ kind }) => kind === 'host' || kind === 'ip' || kind === 'cidr')
  );
}

/** An indicator has to end after it starts. */
function endObstacle({ expiresAt }: AllowEntry, { createdAt }: EnforcerInput): string | undefined {
  return expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(createdAt)
    ? 'it ended before the revision was made'
    : undefined;
}

function nameObstacle({ match, holes }: NameRule): string | undefined {
  return [match, ...holes.map((hole) => hole.match)].every(isPatternable)
    ? undefined
    : 'a pattern of STIX would take _ in a name for any character';
}
