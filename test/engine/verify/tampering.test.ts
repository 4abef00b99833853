import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommitId } from '../../../src/adapters/git/git.ts';
import { nextHead } from '../../../src/engine/catalog/next-head.ts';
import { headPath } from '../../../src/engine/catalog/paths.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createSignedCatalog, now, type SignedCatalog, sampleImage } from '../../rig/signed-catalog.ts';

let catalog: SignedCatalog;
let sound: CommitId;
let files: readonly (readonly [path: string, bytes: Buffer])[];

beforeAll(async () => {
  catalog = await createSignedCatalog();
  const sample = await sampleImage(catalog);
  await catalog.engineCommit(sample.files);
  sound = catalog.tip;
  const head = Buffer.from(`${catalog.rig.show(sound, headPath)}\n`);
  files = [
    ...[...sample.files].map(([path, bytes]) => [path, Buffer.from(bytes ?? '')] as const),
    [headPath, head],
  ];
});

afterAll(async () => {
  await catalog[Symbol.asyncDispose]();
});

const tampering = fc.record({
  file: fc.nat(5),
  at: fc.nat(),
  mask: fc.integer({ min: 1, max: 255 }),
});

function tampered({ file, at, mask }: { file: number; at: number; mask: number }): readonly [string, Buffer] {
  const [path, bytes] = files[file] ?? ['', Buffer.from(' ')];
  const flipped = Buffer.from(bytes);
  flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ mask;
  return [path, flipped];
}

it('the catalog that is tampered with is sound to begin with', async () => {
  expect(await catalog.codes()).toEqual([]);
});

it('any flipped byte of any file of the catalog is found', async () => {
  await fc.assert(
    fc.asyncProperty(tampering, async (choice) => {
      await catalog.userCommit(new Map([tampered(choice)]), sound);
      const { summary } = await catalog.verify();
      expect(summary.sound).toBe(false);
    }),
    { numRuns: 40 },
  );
});

it('any flipped byte of a lock, of attestations or of a state is found even where a builder signs the head over it', async () => {
  const parent = catalog.rig.git('rev-parse', `${sound}^`);
  const before = expectValue(await catalog.git.resolveCommit(parent));
  await fc.assert(
    fc.asyncProperty(tampering, async (choice) => {
      const [path, flipped] = tampered({ ...choice, file: 1 + (choice.file % 3) });
      const changes = new Map<string, Uint8Array>([
        ...files.filter(([one]) => one !== headPath),
        [path, flipped],
      ]);
      const { git, builder } = catalog;
      const plan = {
        git,
        parent: before,
        changes,
        desiredCommit: before,
        trustVersion: 1,
        signers: [builder],
        now,
      };
      const head = expectValue(await nextHead({ ...plan, memo: new Map() }));
      await catalog.engineCommit(changes, { parent: before, ...(head && { head }) });
      expect(await catalog.codes()).not.toEqual([]);
    }),
    { numRuns: 25 },
  );
});
