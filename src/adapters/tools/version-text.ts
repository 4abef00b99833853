const longestText = 64 * 1024;

/** The first version number of what a program printed: `util-linux 2.38.1` → `2.38.1`. At least one dot. */
export function versionIn(text: string): string | undefined {
  return /(?<![\d.])\d{1,9}(?:\.\d{1,9}){1,5}/.exec(text.slice(0, longestText))?.[0];
}

/** Number by number; a missing number counts as 0. Negative where `left` is older. */
export function compareVersions(left: string, right: string): number {
  const a = left.split('.').map(Number);
  const b = right.split('.').map(Number);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
