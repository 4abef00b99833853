/** `1 image`, `2 images`, `0 entries`: a count in words. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** `2 images, 1 allow-list`: of each what there is, and nothing of what there is not. */
export function countedAll(counts: readonly (readonly [count: number, one: string])[]): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, one]) => counted(count, one))
    .join(', ');
}
