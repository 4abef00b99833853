/** Values of which the first one is found at once, and taken or added in logarithmic time. */
export interface Heap<Value> {
  readonly first: Value | undefined;
  add(value: Value): void;
  take(): Value | undefined;
  /** Takes those that are wanted, in no order. */
  takeWhere(isWanted: (value: Value) => boolean): readonly Value[];
}

/** A binary heap; `precedes` must be a total order. */
export function createHeap<Value>(precedes: (left: Value, right: Value) => boolean): Heap<Value> {
  const values: Value[] = [];

  /** Puts a value where it belongs on the way from a free place to the top. */
  function rise(value: Value, free: number): void {
    let index = free;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = values[parent];
      if (above === undefined || !precedes(value, above)) {
        break;
      }
      values[index] = above;
      index = parent;
    }
    values[index] = value;
  }

  /** Puts a value where it belongs on the way from the top, which is free, down. */
  function sink(value: Value): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [atLeft, atRight] = [values[left], values[left + 1]];
      const isRight = atRight !== undefined && atLeft !== undefined && precedes(atRight, atLeft);
      const below = isRight ? atRight : atLeft;
      if (below === undefined || !precedes(below, value)) {
        break;
      }
      values[index] = below;
      index = isRight ? left + 1 : left;
    }
    values[index] = value;
  }

  return {
    get first() {
      return values[0];
    },
    add: (value) => rise(value, values.length),
    take: () => {
      const first = values[0];
      const last = values.pop();
      if (last !== undefined && values.length > 0) {
        sink(last);
      }
      return first;
    },
    takeWhere: (isWanted) => {
      const { taken = [], left = [] } = Object.groupBy(values, (value) =>
        isWanted(value) ? 'taken' : 'left',
      );
      values.length = 0;
      for (const value of left) {
        rise(value, values.length);
      }
      return taken;
    },
  };
}
