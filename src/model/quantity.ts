const sizeUnits: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

const durationUnits: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60 * 1000,
  h: 60 * 60 * 1000,
  d: 24 * 60 * 60 * 1000,
};

/** Bytes of a size as the schemas allow it: `512MiB`, `8GiB`. Any other text is a bug of the caller. */
export function parseSize(text: string): number {
  return parseQuantity(text, /^([1-9][0-9]{0,9})(KiB|MiB|GiB|TiB)$/, sizeUnits);
}

/** Milliseconds of a time span as the schemas allow it: `90s`, `20m`, `2h`, `7d`. Any other text is a bug of the caller. */
export function parseDuration(text: string): number {
  return parseQuantity(text, /^([1-9][0-9]{0,5})([smhd])$/, durationUnits);
}

function parseQuantity(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number {
  const [, amount, unit] = pattern.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  if (amount === undefined || factor === undefined) {
    throw new TypeError(`not a quantity: ${JSON.stringify(text)}`);
  }
  return Number(amount) * factor;
}
