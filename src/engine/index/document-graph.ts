import type { Columns } from './columns.ts';
import { type DocumentField, referencesOfCell } from './plan-table.ts';

/** Who refers to whom among remembered documents; rows are named by their index. */
export interface DocumentGraph {
  /** Row of an identity (`Kind/name`). */
  rowOf(identity: string): number | undefined;
  identityOf(row: number): string;
  /** Every row that refers to one of the identities, directly or through others. */
  referrers(identities: Iterable<string>): ReadonlySet<number>;
  /** The rows of the identities and of everything that these refer to. Nothing where one is not there. */
  closure(identities: Iterable<string>): ReadonlySet<number> | undefined;
}

/** Questions that are answered by searching the texts of columns; more of them are worth an index in memory. */
const searches = 64;

/** The graph of all rows but for `dropped`. */
export function documentGraph(
  documents: Columns<DocumentField>,
  dropped: ReadonlySet<number>,
): DocumentGraph {
  let asked = 0;
  let index: GraphIndex | undefined;
  return { rowOf, identityOf, referrers, closure };

  /** The index, once so much was asked that it pays. */
  function indexed(): GraphIndex | undefined {
    asked += 1;
    if (asked > searches) {
      index ??= indexDocuments(documents);
    }
    return index;
  }

  function rowOf(identity: string): number | undefined {
    const known = indexed();
    const slash = identity.indexOf('/');
    const rows =
      known === undefined
        ? documents
            .rowsWith('name', identity.slice(slash + 1))
            .filter((row) => documents.cell('kind', row) === identity.slice(0, slash))
        : (known.rows.get(identity) ?? []);
    return rows.find((row) => !dropped.has(row));
  }

  function identityOf(row: number): string {
    return `${documents.cell('kind', row)}/${documents.cell('name', row)}`;
  }

  function directReferrers(identity: string): readonly number[] {
    return (
      indexed()?.referrers.get(identity) ??
      (index ? [] : documents.rowsHolding('references', ` ${identity} `))
    );
  }

  function referrers(identities: Iterable<string>): ReadonlySet<number> {
    const found = new Set<number>();
    const queue = [...identities];
    for (let identity = queue.pop(); identity !== undefined; identity = queue.pop()) {
      for (const row of directReferrers(identity)) {
        if (!dropped.has(row) && !found.has(row)) {
          found.add(row);
          queue.push(identityOf(row));
        }
      }
    }
    return found;
  }

  function closure(identities: Iterable<string>): ReadonlySet<number> | undefined {
    const found = new Set<number>();
    const seen = new Set<string>();
    const queue = [...identities];
    for (let identity = queue.pop(); identity !== undefined; identity = queue.pop()) {
      if (seen.has(identity)) {
        continue;
      }
      seen.add(identity);
      const row = rowOf(identity);
      if (row === undefined) {
        return undefined;
      }
      found.add(row);
      queue.push(...referencesOfCell(documents.cell('references', row)));
    }
    return found;
  }
}

interface GraphIndex {
  readonly rows: ReadonlyMap<string, readonly number[]>;
  readonly referrers: ReadonlyMap<string, readonly number[]>;
}

function indexDocuments(documents: Columns<DocumentField>): GraphIndex {
  const rows = new Map<string, number[]>();
  const referrers = new Map<string, number[]>();
  for (const [row, cell] of documents.entries('references')) {
    append(rows, `${documents.cell('kind', row)}/${documents.cell('name', row)}`, row);
    for (const target of referencesOfCell(cell)) {
      append(referrers, target, row);
    }
  }
  return { rows, referrers };
}

function append(map: Map<string, number[]>, key: string, row: number): void {
  const list = map.get(key);
  if (list === undefined) {
    map.set(key, [row]);
  } else {
    list.push(row);
  }
}
