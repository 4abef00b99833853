import type { Store } from '../../adapters/store/store.ts';
import { replayFrom } from '../../allow-list/changeset.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readChangeset } from '../catalog/read-allow-list.ts';
import type { CatalogFacts, LongList } from './catalog-facts.ts';
import { finding } from './finding.ts';
import { isSetOf } from './is-set-of.ts';

/** Lists with a changeset in the store, replayed from there: what the catalog alone could not show (SK8064). */
export async function checkLongLists(store: Store, facts: CatalogFacts): Promise<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const list of facts.longLists) {
    findings.push(...(await checkLongList(store, list)));
  }
  return findings;
}

async function checkLongList(store: Store, revisions: LongList): Promise<readonly Diagnostic[]> {
  const replay = replayFrom('');
  for (const { file, revision } of revisions) {
    const changeset = await readChangeset(store, revision);
    if (!changeset.ok) {
      // What is missing or damaged in the store is told of the blob itself.
      return [];
    }
    if (!replay.apply(changeset.value)) {
      return [finding('SK8064', file, `the changeset of ${file} does not fit the revision before it`)];
    }
  }
  const last = revisions.at(-1);
  return last === undefined || isSetOf(last.revision, replay.text())
    ? []
    : [
        finding(
          'SK8064',
          last.file,
          `the changesets up to ${last.file} lead to another set than the one that it names`,
        ),
      ];
}
