import type { Diagnostic } from '../../model/diagnostic.ts';
import type { CatalogPath } from '../catalog/paths.ts';
/** A file of the catalog with what its path says of it. */
export interface ReadFile {
  readonly file: string;
  readonly place: CatalogPath | undefined;
  readonly bytes: Uint8Array;
}

/** Findings, and how many envelopes were read. */
export interface RecordReport {
  readonly findings: readonly Diagnostic[];
  readonly envelopes: number;
}
