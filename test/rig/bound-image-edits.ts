import fc from 'fast-check';
import { effectiveSet } from '../../src/allow-list/effective-set.ts';
import {
  allowListStatePath,
  imageRecordPath,
  imageStatePath,
  revisionPath,
} from '../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../src/engine/catalog/record-bytes.ts';
import { parseRevision } from '../../src/engine/catalog/revision-file.ts';
import { resolvedImage } from '../../src/kinds/sandbox-image-spec/resolved-image.ts';
import type { AllowListState } from '../../src/model/allow-list-record.ts';
import { digestOfBytes } from '../../src/model/digest.ts';
import type { BoundRevision } from '../../src/model/record.ts';
import { allowEntry } from './allow-entries.ts';
import { inputsOf, planLists, type RecordedList, recordedAfter } from './allow-list-desired.ts';
import { allowListText } from './allow-list-text.ts';
import { type Files, resolveFiles } from './desired-files.ts';
import { expectValue } from './expect-result.ts';
import { documentText, osLine } from './image-files.ts';
import type { CommitFile } from './import-commit.ts';
import type { Step } from './plan-edits.ts';
import { builtCatalog, resourcesOf } from './planned-images.ts';

type State = Map<string, CommitFile>;
type Edit = { readonly what: string; does(state: State): void };

const lists = ['egress', 'shared'] as const;
const images = ['web', 'lab'] as const;
const now = new Date('2026-11-20T12:00:00Z');

const anyList = fc.constantFrom(...lists);
const anyImage = fc.constantFrom(...images);
const optionalList = fc.option(anyList, { nil: undefined });
const hosts = fc.subarray(['a.example.org', 'b.example.org', 'c.example.org'], { minLength: 1 });

/** Edits of lists, of what names them, and of what the catalog has of both. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(anyList, hosts, fc.boolean()).map(([name, allowed, including]) => ({
    what: `list ${name}`,
    does: (state: State) => {
      const text = allowListText(name, ...allowed);
      const isIncluding = including && name === 'egress';
      state.set(listPath(name), isIncluding ? text.replace('spec:\n', 'spec:\n  include: [shared]\n') : text);
    },
  })),
  fc.tuple(anyImage, optionalList, fc.boolean()).map(([name, list, profiled]) => ({
    what: `image ${name} under ${list}`,
    does: (state: State) => void state.set(imagePath(name), imageOf(name, list, profiled)),
  })),
  optionalList.map((list) => ({
    what: `profile under ${list}`,
    does: (state: State) => void state.set('profiles/run.yaml', profileOf(list)),
  })),
  fc.constantFrom(listPath('shared'), 'profiles/run.yaml', imagePath('web')).map((path) => ({
    what: `comment in ${path}`,
    does: (state: State) => void state.set(path, `# a comment\n${state.get(path)}`),
  })),
  fc.subarray([...lists], { minLength: 1 }).map((names) => ({
    what: `record ${names}`,
    does: (state: State) => recordLists(state, names),
  })),
  fc.subarray([...images], { minLength: 1 }).map((names) => ({
    what: `record ${names}`,
    does: (state: State) => recordImages(state, names),
  })),
  anyList.map((name) => ({
    what: `forget ${name}`,
    does: (state: State) => {
      for (const path of [...state.keys()]) {
        if (path.startsWith('catalog/allow-lists/') && path.includes(`/${name}/`)) {
          state.delete(path);
        }
      }
    },
  })),
);

/** Histories of a repository whose images stand under lists. */
export const listSteps: fc.Arbitrary<readonly Step[]> = fc
  .array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 8, maxLength: 12 })
  .map((commits) => [{ what: 'start', does: begin }, ...commits].map(stepOf));

function stepOf(edits: Edit | readonly Edit[]): Step {
  const all = 'what' in edits ? [edits] : edits;
  return { does: 'edit', what: all.map(({ what }) => what).join(', '), edits: all.map(({ does }) => does) };
}

function begin(state: State): void {
  for (const path of [...state.keys()].filter((key) => key.startsWith('specs/'))) {
    state.delete(path);
  }
  for (const name of lists) {
    state.set(listPath(name), allowListText(name, 'a.example.org'));
  }
  state.set('profiles/run.yaml', profileOf('shared'));
  state.set(imagePath('web'), imageOf('web', 'egress', false));
  state.set(imagePath('lab'), imageOf('lab', undefined, true));
}

function listPath(name: string): string {
  return `specs/allow-lists/${name}.yaml`;
}

function imagePath(name: string): string {
  return `specs/images/${name}.yaml`;
}

function imageOf(name: string, list: string | undefined, profiled: boolean): string {
  return documentText(
    'SandboxImageSpec',
    name,
    'version: 1.0.0',
    osLine,
    'outputs: [rootfs]',
    ...(list === undefined ? [] : [`allowList: ${list}`]),
    ...(profiled ? ['runProfile: run'] : []),
  );
}

function profileOf(list: string | undefined): string {
  return documentText('RunProfile', 'run', 'cpus: 1', ...(list === undefined ? [] : [`allowList: ${list}`]));
}

/** The next revision of lists that a plan would change: its entries tell its number and nothing else. */
function recordLists(state: State, names: readonly string[]): void {
  const files = textFiles(state);
  if (!resolveFiles(files).ok) {
    return;
  }
  const recorded = new Map<string, RecordedList>(
    lists.flatMap((name) => {
      const list = recordedList(state, name);
      return list === undefined ? [] : [[name, list] as const];
    }),
  );
  for (const change of planLists(files, recorded, now).changes) {
    const { name } = change.resource;
    const current = recorded.get(name);
    const number = (current?.revision.revision ?? 0) + 1;
    const made = recordedAfter(name, entriesOf(number), { current, inputs: inputsOf(change), now });
    if (names.some((one) => one === name) && change.type !== 'retire' && made !== undefined) {
      state.set(revisionPath(name, number), made.bytes);
      state.set(allowListStatePath(name), recordBytes(made.state));
    }
  }
}

function entriesOf(revision: number) {
  return [allowEntry({ kind: 'host', value: `r${revision}.example.org` })];
}

function recordedList(state: State, name: string): RecordedList | undefined {
  const text = state.get(allowListStatePath(name));
  if (!(text instanceof Uint8Array)) {
    return undefined;
  }
  const record: AllowListState = JSON.parse(Buffer.from(text).toString());
  const path = revisionPath(name, record.revision);
  const bytes = state.get(path);
  if (!(bytes instanceof Uint8Array)) {
    return undefined;
  }
  return {
    state: record,
    bytes,
    revision: expectValue(parseRevision(bytes, path)),
    digest: digestOfBytes(bytes),
    setText: effectiveSet(entriesOf(record.revision)).text,
  };
}

/** What a reconcile would write for these images under the revisions that the catalog has. */
function recordImages(state: State, names: readonly string[]): void {
  const files = textFiles(state);
  if (!resolveFiles(files).ok) {
    return;
  }
  const catalog = builtCatalog(files);
  for (const resource of resourcesOf(files)) {
    const { name } = resource.identity;
    const record = catalog.active.get(name);
    const before = catalog.states.get(name);
    if (record === undefined || before?.inputs == null || !names.includes(name)) {
      continue;
    }
    const bound = boundRevision(state, resolvedImage(resource).allowList);
    const inputs = { ...before.inputs, ...(bound === undefined ? {} : { allowList: bound }) };
    state.set(imageRecordPath(name, record.version), recordBytes({ ...record, inputs }));
    state.set(imageStatePath(name), recordBytes({ ...before, inputs }));
  }
}

function boundRevision(state: State, name: string | undefined): BoundRevision | undefined {
  const list = name === undefined ? undefined : recordedList(state, name);
  return list === undefined || name === undefined
    ? undefined
    : { name, revision: list.revision.revision, set: list.revision.set.digest };
}

function textFiles(state: State): Files {
  return Object.fromEntries(
    [...state].flatMap(([path, text]) =>
      typeof text === 'string' && !path.startsWith('catalog/') ? [[path, text]] : [],
    ),
  );
}
