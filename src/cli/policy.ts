import type { RememberedPolicy } from '../engine/index/plan-table.ts';

/** Name and resolved spec of `sandkiln.yaml`. */
export type Policy = Pick<RememberedPolicy, 'name' | 'spec'>;
