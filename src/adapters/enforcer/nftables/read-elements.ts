import type { NftElement } from './nft-table.ts';

/** The elements of `elements = { … }`, however nft wraps it; the text from the first that is in no form of ours. */
export function readElements(text: string): NftElement[] | string {
  const elements: NftElement[] = [];
  const pattern = new RegExp(elementPattern);
  pattern.lastIndex = 'elements = {'.length;
  for (let end = ','; end === ','; ) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) {
      return text.slice(at, at + 100);
    }
    const [, value = '', timeout, expires, comment] = match;
    const lasting = expires ?? timeout;
    elements.push({
      value,
      ...(lasting === undefined ? {} : { timeoutSeconds: secondsOf(lasting) }),
      ...(comment === undefined ? {} : { comment }),
    });
    end = match[5] ?? '';
  }
  return elements;
}

const elementPattern =
  /\s*([0-9a-fA-F:./]+)(?: timeout ([0-9dhms]+))?(?: expires ([0-9dhms]+))?(?: comment "([^"]*)")?\s*(,|\}$)/y;

const unitSeconds: ReadonlyMap<string, number> = new Map([
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 0.001],
]);

function secondsOf(duration: string): number {
  const parts = [...duration.matchAll(/(\d+)(ms|[dhms])/g)];
  return Math.ceil(
    parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds.get(unit ?? '') ?? 0), 0),
  );
}
