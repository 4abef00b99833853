/** Trailer of commits that edit a list back: `Sandkiln-Rollback: lab-egress@12`. */
export const rollbackTrailer = 'Sandkiln-Rollback';

/** Whether a commit message says that it rolls a list back. */
export function rollsBack(message: string, list: string): boolean {
  return message
    .split('\n')
    .some((line) => line.startsWith(`${rollbackTrailer}: ${list}@`) && /@[1-9]\d{0,5}$/.test(line));
}
