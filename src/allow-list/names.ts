import type { Match } from '../model/allow-list.ts';

/** Whether a name, in canonical text, is among those that a match of names means. */
export function matchesName({ kind, value }: Match, name: string): boolean {
  if (name === value) {
    return kind === 'host' || kind === 'apexAndSubdomains';
  }
  if (!name.endsWith(value) || name[name.length - value.length - 1] !== '.') {
    return false;
  }
  return kind === 'oneLabel'
    ? !name.slice(0, name.length - value.length - 1).includes('.')
    : kind === 'subdomains' || kind === 'apexAndSubdomains';
}

/** The name itself and every name above it: `a.b.c`, `b.c`, `c`. */
export function nameAndAbove(name: string): readonly string[] {
  const names = [name];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    names.push(name.slice(dot + 1));
  }
  return names;
}

/** Whether every name of `inner` is one of `outer`. */
export function coversNames(outer: Match, inner: Match): boolean {
  switch (inner.kind) {
    case 'host':
      return matchesName(outer, inner.value);
    case 'oneLabel':
      return (
        (outer.kind === 'oneLabel' && outer.value === inner.value) || reachesAllBelow(outer, inner.value)
      );
    case 'subdomains':
      return reachesAllBelow(outer, inner.value);
    case 'apexAndSubdomains':
      return reachesAllBelow(outer, inner.value) && matchesName(outer, inner.value);
    case 'ip':
    case 'cidr':
      return false;
    default:
      return inner.kind satisfies never;
  }
}

/** Whether some name is among both. */
export function sharesNames(one: Match, other: Match): boolean {
  if (coversNames(one, other) || coversNames(other, one)) {
    return true;
  }
  // What is left are patterns that reach below each other's base.
  const [upper, lower] = one.value.length <= other.value.length ? [one, other] : [other, one];
  return upper.value === lower.value
    ? upper.kind !== 'host' && lower.kind !== 'host'
    : lower.kind === 'apexAndSubdomains' && matchesName(upper, lower.value);
}

function reachesAllBelow({ kind, value }: Match, base: string): boolean {
  return (
    (kind === 'subdomains' || kind === 'apexAndSubdomains') && (value === base || base.endsWith(`.${value}`))
  );
}

export function isNameMatch({ kind }: Match): boolean {
  return kind !== 'ip' && kind !== 'cidr';
}
