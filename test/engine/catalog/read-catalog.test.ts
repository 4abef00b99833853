import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord } from '../../../src/engine/catalog/parse-record.ts';
import { imageStatePath, isImmutable, parseCatalogPath, runPath } from '../../../src/engine/catalog/paths.ts';
import { readCatalog } from '../../../src/engine/catalog/read-catalog.ts';
import { recordBytes } from '../../../src/engine/catalog/record-bytes.ts';
import { runRecordShape, sandboxImageShape } from '../../../src/engine/catalog/record-shapes.ts';
import { mapShape, recordShape, textShape } from '../../../src/model/shape.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { createSignedCatalog, sampleImage } from '../../rig/signed-catalog.ts';

const name = 'debian-12-lab';

describe('reading a catalog', () => {
  it('gives head, states, versions, and each record when asked', async () => {
    await using repository = await createSignedCatalog();
    const sample = await sampleImage(repository);
    await repository.engineCommit(sample.files);
    const catalog = expectValue(await readCatalog(repository.git, repository.tip));
    expect(catalog.head?.head.counter).toBe(1);
    expect([...catalog.images]).toEqual([[name, sample.state]]);
    expect(catalog.versions.get(name)).toEqual(['1.2.0+1']);
    expect(expectValue(await catalog.image(name, '1.2.0+1'))).toEqual(sample.image);
    expect(expectValue(await catalog.lock(name, '1.2.0+1'))?.formatVersion).toBe(1);
    expect(expectValue(await catalog.attestations(name, '1.2.0+1'))).toHaveLength(3);
    expect(expectValue(await catalog.run(sample.run.id))).toEqual(sample.run);
    expect(expectValue(await catalog.runs())).toEqual([sample.run.id]);
    expect(expectCodes(await catalog.image(name, '9.0.0+9'))).toEqual(['SK8054']);
    await expect(catalog.image('../x', '1.0.0+1')).rejects.toThrow(TypeError);
  });

  it('of no commit, or of one without a catalog, is empty', async () => {
    await using repository = await createSignedCatalog();
    for (const commit of [undefined, repository.tip]) {
      const catalog = expectValue(await readCatalog(repository.git, commit));
      expect(catalog).toMatchObject({ head: undefined, images: new Map() });
      expect(expectValue(await catalog.runs())).toEqual([]);
    }
  });

  it('names every malformed state with its file', async () => {
    await using repository = await createSignedCatalog();
    const paths = ['a', 'b', 'c'].map(imageStatePath);
    const files = new Map(paths.map((path, index) => [path, Buffer.from(['{', '{}', '[]'][index] ?? '')]));
    await repository.engineCommit(files);
    const read = await readCatalog(repository.git, repository.tip);
    const found = read.ok ? [] : read.diagnostics;
    expect(found.map((one) => [one.code, one.place?.file]).sort()).toEqual(
      [...paths].sort().map((path) => ['SK8050', path]),
    );
  });

  it("refuses a state that lies in another image's folder", async () => {
    await using repository = await createSignedCatalog();
    const sample = await sampleImage(repository);
    await repository.engineCommit(new Map([[imageStatePath('other'), recordBytes(sample.state)]]));
    expect(expectDiagnostic(await readCatalog(repository.git, repository.tip)).code).toBe('SK8053');
  });
});

describe('catalog paths', () => {
  it('are read back as what they were made for', async () => {
    await using repository = await createSignedCatalog();
    const sample = await sampleImage(repository);
    const parsed = [...sample.files.keys()].map((path) => parseCatalogPath(path)?.holds);
    expect(parsed).toEqual(['image', 'package-lock', 'attestations', 'image-state', 'run']);
    expect([...sample.files.keys()].map(isImmutable)).toEqual([true, true, true, false, true]);
  });

  it.each([
    'catalog/images/00/debian-12-lab/state.json',
    imageStatePath(name).toUpperCase(),
    `${imageStatePath(name)}.bak`,
    imageStatePath(name).replace('catalog/', ''),
    runPath('20261120T110000Z-1a2b3c4d').replace('/11/', '/12/'),
    'catalog/runs/x.json',
    'catalog/',
  ])('that no record has belong to none: %s', (path) => {
    expect(parseCatalogPath(path)).toBeUndefined();
  });

  it('never leave the catalog, whatever the name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(imageStatePath(text)).toMatch(/^catalog\/images\/[0-9a-f]{2}\/[a-z0-9-]+\/state\.json$/);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});

describe('a record', () => {
  const shape = recordShape<{ a: string }>({ a: textShape() });
  const parse = (text: string) => parseRecord(Buffer.from(text), shape, 'f', 'exact');

  it('is accepted in its canonical form, unknown fields included', () => {
    expect(parse('{"a":"x","b":1}\n')).toEqual({ ok: true, value: { a: 'x', b: 1 } });
  });

  it.each([
    ['{"a":"x"}', 'SK8051'],
    ['{ "a":"x"}\n', 'SK8051'],
    ['{"b":1,"a":"x"}\n', 'SK8051'],
    ['{"a":"y","a":"x"}\n', 'SK8051'],
    ['{"a":"\\ud800"}\n', 'SK8051'],
    ['{"a":1}\n', 'SK8050'],
    ['{"__proto__":{"a":"x"}}\n', 'SK8050'],
    ['null\n', 'SK8050'],
    ['\ufeff{"a":"x"}\n', 'SK8050'],
    [`{"a":"x","b":${'['.repeat(100)}${']'.repeat(100)}}\n`, 'SK8050'],
    [`${'['.repeat(200_000)}`, 'SK8050'],
  ])('of another form is refused: %.40s', (text, code) => {
    expect(expectCodes(parse(text))).toEqual([code]);
  });

  it('that is no UTF-8 is refused', () => {
    expect(expectCodes(parseRecord(Buffer.from([0x7b, 0xff, 0x7d]), shape, 'f'))).toEqual(['SK8050']);
  });

  it('says where it departs from its shape', async () => {
    await using repository = await createSignedCatalog();
    const { image } = await sampleImage(repository);
    const wrong = { ...image, inputs: { ...image.inputs, files: { 'a/b~c': 'x' } } };
    const found = expectDiagnostic(parseRecord(recordBytes(wrong), sandboxImageShape, 'image.json'));
    expect(found.message).toContain('/inputs/files/a~1b~0c is not a SHA-256 digest');
    expect(found.place).toEqual({ file: 'image.json' });
  });

  it.each(['built', 'retired', 'superseded', 'unheard-of'])(
    'of a run knows the outcome %s or refuses it',
    async (outcome) => {
      await using repository = await createSignedCatalog();
      const { run } = await sampleImage(repository);
      const images = run.images.map((one) => ({ ...one, outcome }));
      expect(parseRecord(recordBytes({ ...run, images }), runRecordShape, 'f').ok).toBe(
        outcome !== 'unheard-of',
      );
    },
  );

  it('with more entries than its bound is refused', () => {
    const many = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`${index}`, 'x']));
    expect(mapShape(textShape(), 3).problem(many, '')).toEqual({
      pointer: '',
      expected: 'an object of at most 3 fields',
    });
  });
});
