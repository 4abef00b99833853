import type { Catalog } from '../../engine/catalog/read-catalog.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { findImage } from '../find-image.ts';
import { bytesText } from '../render/bytes-text.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { withCatalog } from '../with-catalog.ts';
import { failWith } from '../with-workspace.ts';

const runsShown = 20;

export const command: Command = {
  name: 'history',
  summary: 'show the runs, or the versions of one image, newest first',
  argumentsText: '[NAME]',
  options: {},
  arguments: { least: 0, most: 1 },
  outputs: ['json'],
  details: [],
  run: (invocation) =>
    withCatalog(invocation, async (catalog) => {
      const [name] = invocation.positionals;
      return name === undefined ? showRuns(invocation, catalog) : showVersions(invocation, catalog, name);
    }),
};

async function showRuns(invocation: Invocation, catalog: Catalog): Promise<ExitCode> {
  const ids = await catalog.runs();
  if (!ids.ok) {
    return failWith(invocation, ids.diagnostics);
  }
  const rows: string[][] = [['RUN', 'OUTCOME', 'CHANGES']];
  const runs = [];
  for (const id of ids.value.toReversed().slice(0, runsShown)) {
    const run = await catalog.run(id);
    if (!run.ok) {
      return failWith(invocation, run.diagnostics);
    }
    runs.push(run.value);
    const images = run.value.images.map(
      (image) => `${image.name} ${image.outcome}${image.version === null ? '' : ` ${image.version}`}`,
    );
    const lists = (run.value.allowLists ?? []).map(
      ({ name: list, outcome, revision }) => `${list} ${outcome}${revision === null ? '' : ` ${revision}`}`,
    );
    rows.push([id, run.value.outcome, [...lists, ...images].join(', ')]);
  }
  invocation.stdout(invocation.output === 'json' ? jsonText({ formatVersion: 1, runs }) : textTable(rows));
  return exitCodes.ok;
}

async function showVersions(invocation: Invocation, catalog: Catalog, name: string): Promise<ExitCode> {
  const newest = await findImage(catalog, name);
  if (!newest.ok) {
    return failWith(invocation, newest.diagnostics);
  }
  const images = [newest.value];
  let before = newest.value.supersedes;
  while (before !== null) {
    const image = await catalog.image(newest.value.name, before);
    if (!image.ok) {
      return failWith(invocation, image.diagnostics);
    }
    images.push(image.value);
    before = image.value.supersedes;
  }
  const rows = images.map((image) => [
    image.version,
    image.run,
    image.desiredCommit.slice(0, 12),
    bytesText(image.tree.sizeBytes),
    printable(image.tree.digest),
  ]);
  invocation.stdout(
    invocation.output === 'json'
      ? jsonText({ formatVersion: 1, images })
      : textTable([['VERSION', 'RUN', 'COMMIT', 'SIZE', 'TREE'], ...rows]),
  );
  return exitCodes.ok;
}
