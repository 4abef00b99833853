const batchSize = 64;

/** Runs `work` on each item, some of them at the same time, and keeps their order: questions to git go in one go. */
export async function inBatches<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Value>,
): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    values.push(...(await Promise.all(items.slice(start, start + batchSize).map(work))));
  }
  return values;
}
