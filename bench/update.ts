/** One update as its writer saw it. */
export interface Landing {
  /** From the result, before anything was asked or written, to the end of the push that landed; null: given up. */
  readonly tookMs: number | null;
  readonly attempts: number;
}

/** The one file that an update adds. */
export function updatePath(writer: string, update: number): string {
  return `catalog/${writer}/${update}.json`;
}
