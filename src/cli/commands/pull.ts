import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Store } from '../../adapters/store/store.ts';
import { openStores } from '../../compose.ts';
import { readCatalog } from '../../engine/catalog/read-catalog.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import type { BuildArtifact, SandboxImage } from '../../model/record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { findImage } from '../find-image.ts';
import { makeFolders } from '../make-folders.ts';
import { bytesText } from '../render/bytes-text.ts';
import { jsonText } from '../render/json-text.ts';
import { textTable } from '../render/text-table.ts';
import { reportDiagnostics } from '../report.ts';
import { verifyFound } from '../verify-found.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { writeAttestations } from '../write-attestations.ts';

export const command: Command = {
  name: 'pull',
  summary: 'verify the catalog, then fetch the artifacts of an image',
  argumentsText: 'NAME[@VERSION]',
  options: {
    out: {
      type: 'string',
      short: 'o',
      value: 'PATH',
      help: 'folder to write to, default one named like the image; with one --artifact the file itself',
    },
    artifact: {
      type: 'string',
      multiple: true,
      value: 'FILE',
      help: 'only this artifact, such as disk.qcow2; may be repeated',
    },
    attestations: {
      type: 'boolean',
      help: 'also write what is signed about the image: in-toto JSON lines, Sigstore bundles, the key',
    },
  },
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [
    'Example: sandkiln pull debian-12-lab --artifact disk.qcow2 -o lab.qcow2',
    'Nothing is written where the catalog does not verify. Existing files are never replaced.',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const { git, host } = workspace;
      const verified = await verifyFound(workspace, {});
      if (!verified.ok || !verified.value.summary.sound) {
        return failWith(invocation, verified.ok ? verified.value.findings : verified.diagnostics);
      }
      const { findings, summary } = verified.value;
      const { commit } = summary;
      const catalog = await readCatalog(git, commit);
      if (!catalog.ok) {
        return failWith(invocation, catalog.diagnostics);
      }
      const image = await findImage(catalog.value, invocation.positionals[0] ?? '');
      if (!image.ok) {
        return failWith(invocation, image.diagnostics);
      }
      const artifacts = chooseArtifacts(image.value, invocation.list('artifact'));
      if (!artifacts.ok) {
        return failWith(invocation, artifacts.diagnostics);
      }
      const out = invocation.text('out') ?? image.value.name;
      const target = resolve(invocation.directory, out);
      const [only] = artifacts.value;
      const isFile =
        invocation.list('artifact').length === 1 &&
        invocation.text('out') !== undefined &&
        !out.endsWith('/');
      const folder = isFile ? dirname(target) : target;
      const made = await makeFolders(folder);
      if (!made.ok) {
        return failWith(invocation, made.diagnostics);
      }
      const { store } = await openStores(host);
      const files = artifacts.value.map((artifact) => ({
        digest: artifact.digest,
        path: isFile && artifact === only ? target : join(target, artifact.name),
      }));
      const written = await writeAll(store, files);
      if (!written.ok) {
        return failWith(invocation, written.diagnostics);
      }
      const attested = invocation.flag('attestations')
        ? await writeAttestations(git, commit, catalog.value, image.value, folder)
        : success([]);
      if (!attested.ok) {
        await removeAll(files);
        return failWith(invocation, attested.diagnostics);
      }
      if (invocation.output === 'json') {
        invocation.stdout(
          jsonText({
            formatVersion: 1,
            image: image.value.name,
            version: image.value.version,
            path: target,
            artifacts: artifacts.value,
            attestations: attested.value,
          }),
        );
        return exitCodes.ok;
      }
      await reportDiagnostics(invocation, findings);
      const rows = artifacts.value.map((artifact) => [
        artifact.name,
        bytesText(artifact.sizeBytes),
        artifact.digest,
      ]);
      rows.push(...attested.value.map((name) => [name]));
      invocation.stdout(
        `${textTable(rows)}pull: ${image.value.name} ${image.value.version} is in ${target}\n`,
      );
      return exitCodes.ok;
    }),
};

interface Target {
  readonly digest: Digest;
  readonly path: string;
}

/** All files or none: what is left of a pull that failed would stand in the way of the next. */
async function writeAll(store: Store, targets: readonly Target[]): Promise<Result<void>> {
  for (const [index, { digest, path }] of targets.entries()) {
    const written = await store.writeTo(digest, path);
    if (!written.ok) {
      await removeAll(targets.slice(0, index));
      return written;
    }
  }
  return success(undefined);
}

async function removeAll(targets: readonly Target[]): Promise<void> {
  await Promise.all(targets.map(({ path }) => rm(path, { force: true })));
}

function chooseArtifacts(image: SandboxImage, names: readonly string[]): Result<readonly BuildArtifact[]> {
  const unknown = names.filter((name) => image.artifacts.every((artifact) => artifact.name !== name));
  if (unknown.length > 0) {
    return failure(...unknown.map((name) => noArtifact(image, name)));
  }
  return success(
    names.length === 0 ? image.artifacts : image.artifacts.filter(({ name }) => names.includes(name)),
  );
}

function noArtifact(image: SandboxImage, name: string): Diagnostic {
  return {
    code: 'SK9024',
    severity: 'error',
    message: `${image.name} ${image.version} has no artifact ${JSON.stringify(name)}`,
    hint: `it has ${image.artifacts.map((artifact) => artifact.name).join(', ')}`,
  };
}
