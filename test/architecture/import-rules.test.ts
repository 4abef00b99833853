import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const sourceFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src');

/** Floors from the bottom; a file imports from its own floor or below. */
const floors = [
  'model',
  'allow-list',
  'tree',
  'port',
  'engine',
  'stages',
  'kinds',
  'compose',
  'cli',
] as const;
type Floor = (typeof floors)[number] | 'adapter';

/** Files beside a port that belong to it: functions over its own types, and what several adapters share. */
const portCompanions = [
  'adapters/clock/stopwatch.ts',
  'adapters/clock/timer.ts',
  'adapters/enforcer/live-enforcer.ts',
  'adapters/isolation/limit-cpus.ts',
  'adapters/process/owned-name.ts',
  'adapters/process/process-diagnostic.ts',
  'adapters/process/process-identity.ts',
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const files = listSources();
const imports = files.flatMap(importsOf);
const importsByFile = Map.groupBy(imports, ({ from }) => from);

describe('imports', () => {
  it('run downward only', () => {
    expect(imports.filter(isUpward).map(describeImport)).toEqual([]);
  });

  it('never run in a circle, those of types included', () => {
    expect(circles().map((files) => files.map((file) => `src/${file}`))).toEqual([]);
  });

  it('reach an adapter only from the same adapter folder or from compose.ts', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        floorOf(to) === 'adapter' && floorOf(from) !== 'compose' && portFolder(from) !== portFolder(to),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  it('never join two kinds, but for the schemas that they share', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [kindOfFrom, kindOfTo] = [kindOf(from), kindOf(to)];
      return (
        kindOfFrom !== undefined &&
        kindOfTo !== undefined &&
        kindOfFrom !== kindOfTo &&
        !to.endsWith('/schema.ts')
      );
    });
    expect(wrong.map(describeImport)).toEqual([]);
  });

  it('load no schema builder at run time', () => {
    const wrong = imports.filter(
      ({ from, to, isTypeOnly }) => to.endsWith('/schema.ts') && !from.endsWith('/schema.ts') && !isTypeOnly,
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });
});

/** Files that import each other, directly or through others: each group once. */
function circles(): readonly (readonly string[])[] {
  const reached = new Map(files.map((file) => [file, filesReached(file)]));
  const groups = files.map((file) =>
    [...(reached.get(file) ?? [])].filter((other) => reached.get(other)?.has(file)).sort(),
  );
  return [...new Map(groups.filter((group) => group.length > 0).map((group) => [group[0], group])).values()];
}

/** What a file imports, and what that imports; the file itself where a way leads back to it. */
function filesReached(file: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { to } of importsByFile.get(next) ?? []) {
      if (!reached.has(to)) {
        reached.add(to);
        open.push(to);
      }
    }
  }
  return reached;
}

function isUpward({ from, to }: Import): boolean {
  return rank(floorOf(from)) < rank(floorOf(to));
}

function rank(floor: Floor): number {
  // An adapter may use ports, allow-list, tree and model; compose alone may use adapters, which the second rule holds.
  return floor === 'adapter' ? floors.indexOf('port') : floors.indexOf(floor);
}

function floorOf(path: string): Floor {
  const [top = '', folder = '', file = ''] = path.split('/');
  if (top === 'adapters') {
    const isPort = file === '' || file === `${folder}.ts` || portCompanions.includes(path);
    return isPort ? 'port' : 'adapter';
  }
  if (top.startsWith('compose')) {
    return 'compose';
  }
  const floor = floors.find((candidate) => candidate === top);
  if (floor === undefined) {
    throw new Error(`src/${path} lies on no floor`);
  }
  return floor;
}

function portFolder(path: string): string | undefined {
  const [top, folder] = path.split('/');
  return top === 'adapters' ? folder : undefined;
}

function kindOf(path: string): string | undefined {
  const [top, folder, file] = path.split('/');
  return top === 'kinds' && file !== undefined ? folder : undefined;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(sourceFolder, file), 'utf8');
  const found: Import[] = [];
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g;
  for (const match of text.matchAll(pattern)) {
    const target = match[2] ?? match[3];
    if (target !== undefined) {
      const to = relative(sourceFolder, join(sourceFolder, dirname(file), target));
      found.push({ from: file, to, isTypeOnly: match[1] !== undefined });
    }
  }
  return found;
}

function listSources(): readonly string[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
}

function describeImport({ from, to }: Import): string {
  return `src/${from} imports src/${to}`;
}
