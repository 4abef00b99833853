import type { DestinationRule, Match } from '../../../model/allow-list.ts';
import { isJsonObject } from '../../../model/json.ts';
import { guardShape, listShape, literalShape, optional, recordShape } from '../../../model/shape.ts';
import type { ExportedFile } from '../enforcer.ts';
import { everyService } from '../plain-destinations.ts';
import { readDestination } from '../read-destination.ts';
import { readJsonFile } from '../read-json-file.ts';
import { groupingContext, observable } from './stix-objects.ts';
import { readTrafficPattern, rulesOfTraffic } from './traffic-pattern.ts';

const shape = recordShape<{ type: 'bundle'; objects?: readonly object[] | undefined }>({
  type: literalShape('bundle'),
  objects: optional(
    listShape(
      guardShape((value): value is object => isJsonObject(value), 'an object'),
      10_000_000,
    ),
  ),
});

/** What a bundle of sandkiln's allows; else what of it is not in form. */
export function readBundle(file: ExportedFile): readonly DestinationRule[] | { readonly unread: string } {
  const bundle = readJsonFile(file, shape);
  if (bundle === undefined) {
    return { unread: file.name };
  }
  const [grouping, ...objects] = bundle.objects ?? [];
  if (grouping === undefined) {
    return [];
  }
  const refs = field(grouping, 'object_refs');
  const ids = objects.map((object) => field(object, 'id'));
  if (field(grouping, 'context') !== groupingContext || JSON.stringify(refs) !== JSON.stringify(ids)) {
    return { unread: 'the grouping' };
  }
  const rules: DestinationRule[] = [];
  for (const object of objects) {
    const read = field(object, 'type') === 'indicator' ? rulesOfIndicator(object) : rulesOfObservable(object);
    if (read === undefined) {
      return { unread: String(field(object, 'id')) };
    }
    for (const rule of read) {
      rules.push(rule);
    }
  }
  return rules;
}

function rulesOfIndicator(object: object): readonly DestinationRule[] | undefined {
  const pattern = field(object, 'pattern');
  const traffic = typeof pattern === 'string' ? readTrafficPattern(pattern) : undefined;
  return traffic === undefined ? undefined : rulesOfTraffic(traffic);
}

function rulesOfObservable(object: object): readonly DestinationRule[] | undefined {
  const value = field(object, 'value');
  const match: Match | undefined = typeof value === 'string' ? readDestination(value) : undefined;
  return match === undefined || JSON.stringify(observable(match)) !== JSON.stringify(object)
    ? undefined
    : [{ effect: 'allow', match, ...everyService }];
}

function field(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}
