import { canonicalJson } from '../../model/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { pointerStep } from '../../model/json-pointer.ts';
import type { Origin } from '../../model/resource.ts';
import { listOperator } from './list-operators.ts';

/** Values that are laid over those of the layers before. */
export interface Layer {
  readonly value: JsonObject;
  /** Keys of the section that it goes into; none for the spec itself. */
  readonly into: readonly string[];
  /** Where a value comes from, by pointer into `value`. */
  originOf(pointer: string): Origin;
}

/** A value with the layer and the pointer there that it comes from. */
export type Merged = MergedScalar | MergedList | MergedMap;

interface Source {
  readonly layer: Layer;
  readonly pointer: string;
}

interface MergedScalar extends Source {
  readonly type: 'scalar';
  readonly value: null | boolean | number | string;
}

interface MergedList extends Source {
  readonly type: 'list';
  readonly items: readonly Merged[];
}

interface MergedMap extends Source {
  readonly type: 'map';
  readonly entries: Map<string, Merged>;
}

/** An item that `x-` names and that no layer before has. */
export interface AbsentItem {
  readonly value: JsonValue;
  readonly origin: Origin;
}

/**
 * Lays layers over each other, first one lowest: maps merge by key, scalars and lists replace, `x-` removes the items
 * that it names, `x+` appends its items without exact duplicates (after the removal, where a map has both).
 */
export function mergeLayers(layers: readonly Layer[]): {
  readonly merged: Merged;
  readonly absent: readonly AbsentItem[];
} {
  const absent: AbsentItem[] = [];
  const root = emptyMap({ layer: builtInRoot, pointer: '' });
  for (const layer of layers) {
    let section = root;
    for (const key of layer.into) {
      const existing = section.entries.get(key);
      const next = existing?.type === 'map' ? existing : emptyMap({ layer, pointer: '' });
      section.entries.set(key, next);
      section = next;
    }
    overlayMap(section, layer.value, layer, '');
  }
  return { merged: root, absent };

  function overlay(base: Merged | undefined, value: JsonValue, layer: Layer, pointer: string): Merged {
    if (typeof value !== 'object' || value === null) {
      return { type: 'scalar', value, layer, pointer };
    }
    if (!isJsonObject(value)) {
      const items = value.map((item, index) => overlay(undefined, item, layer, pointer + pointerStep(index)));
      return { type: 'list', items, layer, pointer };
    }
    const map = base?.type === 'map' ? base : emptyMap({ layer, pointer });
    overlayMap(map, value, layer, pointer);
    return map;
  }

  function overlayMap(map: MergedMap, value: JsonObject, layer: Layer, pointer: string): void {
    const appended: (() => void)[] = [];
    for (const [key, field] of Object.entries(value)) {
      const at = pointer + pointerStep(key);
      const operator = listOperator(key, field);
      if (operator === undefined) {
        map.entries.set(key, overlay(map.entries.get(key), field, layer, at));
        continue;
      }
      const operand = overlay(undefined, operator.items, layer, at);
      const items = operand.type === 'list' ? operand.items : [];
      if (operator.does === 'remove') {
        removeItems(map, operator.field, { layer, pointer: at }, items);
      } else {
        appended.push(() => appendItems(map, operator.field, { layer, pointer: at }, items));
      }
    }
    for (const append of appended) {
      append();
    }
  }

  function removeItems(map: MergedMap, field: string, source: Source, items: readonly Merged[]): void {
    const base = map.entries.get(field);
    const existing = base?.type === 'list' ? base.items : [];
    const present = new Set(existing.map(itemKey));
    for (const item of items) {
      if (!present.has(itemKey(item))) {
        absent.push({ value: plainValue(item), origin: originOf(item) });
      }
    }
    const unwanted = new Set(items.map(itemKey));
    if (base !== undefined) {
      const kept = existing.filter((item) => !unwanted.has(itemKey(item)));
      map.entries.set(
        field,
        kept.length === existing.length ? base : { type: 'list', items: kept, ...source },
      );
    }
  }
}

function appendItems(map: MergedMap, field: string, source: Source, items: readonly Merged[]): void {
  const base = map.entries.get(field);
  const joined = base?.type === 'list' ? [...base.items] : [];
  const present = new Set(joined.map(itemKey));
  for (const item of items) {
    const key = itemKey(item);
    if (!present.has(key)) {
      present.add(key);
      joined.push(item);
    }
  }
  map.entries.set(field, { type: 'list', items: joined, ...source });
}

/** The JSON value, its maps without prototype. */
function plainValue(merged: Merged): JsonValue {
  return merged.type === 'map'
    ? plainMap(merged)
    : merged.type === 'list'
      ? merged.items.map(plainValue)
      : merged.value;
}

/** {@link plainValue} of the outermost map. */
export function plainMap(merged: Merged): JsonObject {
  const map: Record<string, JsonValue> = Object.create(null);
  for (const [key, value] of merged.type === 'map' ? merged.entries : []) {
    map[key] = plainValue(value);
  }
  return map;
}

/** Origins of all leaves by pointer; empty lists and maps count as leaves. */
export function originsOf(merged: Merged): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  collect(merged, '');
  return origins;

  function collect(value: Merged, pointer: string): void {
    const children = childrenOf(value);
    if (children.length === 0) {
      origins.set(pointer, originOf(value));
    }
    for (const [key, child] of children) {
      collect(child, pointer + pointerStep(key));
    }
  }
}

function childrenOf(value: Merged): readonly (readonly [string | number, Merged])[] {
  return value.type === 'map' ? [...value.entries] : value.type === 'list' ? [...value.items.entries()] : [];
}

function originOf({ layer, pointer }: Source): Origin {
  return layer.originOf(pointer);
}

function itemKey(item: Merged): string {
  return item.type === 'scalar' && typeof item.value === 'string'
    ? `"${item.value}`
    : canonicalJson(plainValue(item));
}

function emptyMap(source: Source): MergedMap {
  return { type: 'map', entries: new Map(), ...source };
}

/** Where the outermost map of an empty merge comes from: nobody wrote it. */
const builtInRoot: Layer = {
  value: {},
  into: [],
  originOf: () => ({ identity: { kind: 'built-in', name: 'empty' }, place: { file: 'built-in defaults' } }),
};
