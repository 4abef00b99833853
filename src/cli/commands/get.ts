import type { BoundRevision, SandboxImage } from '../../model/record.ts';
import { boundRevision, boundRevisionText } from '../bound-revision.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { findImage } from '../find-image.ts';
import { bytesText } from '../render/bytes-text.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { withCatalog } from '../with-catalog.ts';
import { failWith } from '../with-workspace.ts';

export const command: Command = {
  name: 'get',
  summary: 'list the allow-lists and images of the catalog, or show the record of an image',
  argumentsText: '[NAME[@VERSION]]',
  options: {},
  arguments: { least: 0, most: 1 },
  outputs: ['json'],
  details: ['Examples: sandkiln get\n          sandkiln get debian-12-base@1.0.0+1 --output json'],
  run: (invocation) =>
    withCatalog(invocation, async (catalog) => {
      const [name] = invocation.positionals;
      if (name !== undefined) {
        const image = await findImage(catalog, name);
        if (!image.ok) {
          return failWith(invocation, image.diagnostics);
        }
        const bound = boundRevision(catalog, image.value);
        invocation.stdout(
          invocation.output === 'json'
            ? jsonText({ ...image.value, allowList: bound ?? null })
            : imageText(image.value, bound),
        );
        return exitCodes.ok;
      }
      const images = [...catalog.images.values()].sort(byName);
      const lists = [...catalog.allowLists.values()].sort(byName);
      if (invocation.output === 'json') {
        const rows = images.map((image) => ({
          name: image.name,
          active: image.active,
          versions: catalog.versions.get(image.name) ?? [],
          allowList: image.inputs?.allowList ?? null,
        }));
        const allowLists = lists.map(({ name, revision, validUntil }) => ({ name, revision, validUntil }));
        invocation.stdout(jsonText({ formatVersion: 1, images: rows, allowLists }));
        return exitCodes.ok;
      }
      const rows = images.map((image) => [
        image.name,
        image.active ?? '-',
        String(catalog.versions.get(image.name)?.length ?? 0),
      ]);
      const listRows = lists.map(({ name, revision }) => [name, `revision ${revision}`, String(revision)]);
      invocation.stdout(textTable([['NAME', 'ACTIVE', 'VERSIONS'], ...listRows, ...rows]));
      return exitCodes.ok;
    }),
};

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

function imageText(image: SandboxImage, bound: BoundRevision | undefined): string {
  const artifacts = image.artifacts.map((artifact) => [
    `  ${artifact.name}`,
    bytesText(artifact.sizeBytes),
    artifact.digest,
  ]);
  const tests = image.smokeTests.map((test) => [
    `  ${printable(test.name)}`,
    `tier ${test.tier}`,
    test.outcome,
    printable(test.detail ?? ''),
  ]);
  return [
    `${image.name} ${image.version}\n`,
    textTable([
      ['  built by run', image.run],
      ['  from commit', image.desiredCommit],
      ['  supersedes', image.supersedes ?? '-'],
      ['  tree', `${image.tree.digest} (${bytesText(image.tree.sizeBytes)})`],
      ['  allow-list', boundText(image, bound)],
      ['  stands on', image.lineage.map((ancestor) => ancestor.name).join(', ') || '-'],
    ]),
    'artifacts\n',
    textTable(artifacts),
    'smoke tests\n',
    textTable(tests),
  ].join('');
}

function boundText({ inputs: { allowList: built } }: SandboxImage, bound: BoundRevision | undefined): string {
  const text = boundRevisionText(bound);
  return built === undefined || (built.name === bound?.name && built.revision === bound.revision)
    ? text
    : `${text}; built under ${boundRevisionText(built)}`;
}
