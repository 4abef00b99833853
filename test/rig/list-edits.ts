import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { attestationsBytes } from '../../src/engine/attest/image-attestations.ts';
import { revisionStatement } from '../../src/engine/attest/revision-statement.ts';
import { signStatement } from '../../src/engine/attest/sign-envelope.ts';
import { allowListStatePath, revisionAttestationPath, revisionPath } from '../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../src/engine/catalog/record-bytes.ts';
import { decisionBytes, decisionPath } from '../../src/engine/decisions/decision-file.ts';
import { createFirstTrust } from '../../src/engine/trust/create-trust.ts';
import { trustPath } from '../../src/engine/trust/trust.ts';
import type { DecisionType } from '../../src/model/decision.ts';
import { entriesIn, inputsOf, planLists, recordedAfter } from './allow-list-desired.ts';
import { type Files, resolveFiles } from './desired-files.ts';
import { expectValue } from './expect-result.ts';
import { documentText } from './image-files.ts';
import type { CommitFile } from './import-commit.ts';
import { memorySigner } from './memory-signer.ts';

export const listNames = ['egress', 'shared', 'wide'] as const;
const entryFiles = ['lists/a.jsonl', 'lists/b.jsonl'] as const;
const madeAt = new Date('2026-11-20T12:00:00.000Z');

const [root, builder, operator] = [memorySigner(), memorySigner(), memorySigner()];
const stranger = memorySigner();

/** A trust in which somebody may hold and resume, and the engine may sign. */
export const trustFile: readonly [path: string, bytes: Uint8Array] = [
  trustPath(1),
  recordBytes(
    expectValue(
      await createFirstTrust({
        keys: [
          { name: 'root', publicKeyPem: root.publicKeyPem, roles: ['root'] },
          { name: 'ci', publicKeyPem: builder.publicKeyPem, roles: ['builder'] },
          { name: 'Ada', publicKeyPem: operator.publicKeyPem, roles: ['operator'] },
        ],
        signers: [root],
        now: madeAt,
      }),
    ),
  ),
];

/** Some decisions about lists and an image, among them one that does not count. */
const decisions: readonly (readonly [path: string, bytes: Uint8Array])[] = await Promise.all(
  [
    ['hold', 'AllowList', 'egress', operator],
    ['resume', 'AllowList', 'egress', operator],
    ['hold', 'AllowList', 'shared', operator],
    ['hold', 'SandboxImageSpec', 'web', operator],
    ['hold', 'AllowList', 'wide', stranger],
  ].map(async (row, index) => {
    const [type, kind, name, signer] = row as [DecisionType, string, string, typeof operator];
    const id = `20261120T11000${index}Z-0000000${index}`;
    const decision = {
      id,
      type,
      resource: { kind, name },
      change: null,
      reason: 'a test',
      createdAt: `2026-11-20T11:00:0${index}.000Z`,
      expiresAt: null,
    };
    return [decisionPath(id), await decisionBytes(decision, signer)] as const;
  }),
);

type State = Map<string, CommitFile>;

/** An edit of lists, their files, or decisions about them. */
export interface ListEdit {
  readonly what: string;
  does(state: State): void | Promise<void>;
}

const entryLines = fc
  .subarray(['a.example.org', 'b.example.org', 'c.example.org', '198.51.100.7'])
  .chain((hosts) => fc.tuple(...hosts.map((host) => fc.constantFrom(...entriesAbout(host)))));

function entriesAbout(host: string): readonly string[] {
  const match = /^\d/.test(host) ? `{ip: ${host}}` : `{host: ${host}}`;
  return [
    `{match: ${match}, reason: r}`,
    `{match: ${match}, reason: r, ports: [443], expiresAt: 2027-01-01T00:00:00Z}`,
    `{match: ${match}, reason: r, expiresAt: 2020-01-01T00:00:00Z}`,
    `{match: ${match}, reason: r, status: denied}`,
  ];
}

const writtenList = fc
  .record({
    name: fc.constantFrom(...listNames),
    include: fc.subarray([...listNames, 'nobody']),
    entries: entryLines,
    files: fc.subarray([...entryFiles]),
  })
  .map(
    ({ name, include, entries, files }): ListEdit => ({
      what: `write list ${name}`,
      does: (state) =>
        void state.set(
          listPath(name),
          documentText(
            'AllowList',
            name,
            // Most circles are avoided, so that most edits can be planned.
            ...(include.length === 1 || include.length === 4
              ? [`include: [${include.filter((one) => one > name).join(', ')}]`]
              : []),
            `entries: [${entries.join(', ')}]`,
            `entriesFrom: [${files.map((file) => `{file: ${file}}`).join(', ')}]`,
          ),
        ),
    }),
  );

const writtenFile = fc
  .tuple(
    fc.constantFrom(...entryFiles),
    fc.constantFrom(
      '',
      '{"match":{"host":"f.example.org"},"reason":"r"}\n',
      '{"match":{"host":"f.example.org"},"reason":"other"}\n',
      '{"match":{"ip":"1.2.3"},"reason":"r"}\n',
      undefined,
    ),
  )
  .map(
    ([path, text]): ListEdit => ({
      what: `${path}: ${text ?? 'gone'}`,
      does: (state) => void (text === undefined ? state.delete(path) : state.set(path, text)),
    }),
  );

const decided = fc.constantFrom(...decisions.slice(0, -1), ...decisions).chain(([path, bytes]) =>
  fc.boolean().map(
    (isThere): ListEdit => ({
      what: `${isThere ? 'decide' : 'take back'} ${path}`,
      does: (state) => void (isThere ? state.set(path, bytes) : state.delete(path)),
    }),
  ),
);

const recorded = fc.subarray([...listNames], { minLength: 1 }).map(
  (names): ListEdit => ({
    what: `record lists ${names.join(' ')}`,
    does: (state) => recordLists(state, names),
  }),
);

const forgotten = fc.constantFrom(...listNames).map(
  (name): ListEdit => ({
    what: `delete list ${name}`,
    does: (state) => void state.delete(listPath(name)),
  }),
);

const damaged = fc
  .constantFrom(
    ...listNames.flatMap((name) => [
      allowListStatePath(name),
      revisionPath(name, 1),
      revisionAttestationPath(name, 1),
    ]),
  )
  .map(
    (path): ListEdit => ({ what: `damage ${path}`, does: (state) => void state.set(path, 'no record\n') }),
  );

/** Edits of all that allow-lists are made of. */
export const listEdit: fc.Arbitrary<ListEdit> = fc.oneof(
  { weight: 5, arbitrary: writtenList },
  { weight: 3, arbitrary: writtenFile },
  { weight: 5, arbitrary: recorded },
  { weight: 2, arbitrary: decided },
  { weight: 1, arbitrary: forgotten },
  { weight: 1, arbitrary: damaged },
);

function listPath(name: string): string {
  return `specs/allow-lists/${name}.yaml`;
}

/** Some lists as a reconcile would first write them, as far as the desired state can be resolved. */
async function recordLists(state: State, names: readonly string[]): Promise<void> {
  const files: Files = Object.fromEntries(
    [...state].flatMap(([path, text]) =>
      path.startsWith('catalog/') || typeof text !== 'string' ? [] : [[path, text]],
    ),
  );
  if (!resolveFiles(files).ok) {
    return;
  }
  for (const change of planLists(files, new Map(), madeAt).changes) {
    const { name } = change.resource;
    if (!names.includes(name)) {
      continue;
    }
    const entries = await entriesIn(files, name, madeAt);
    const made = recordedAfter(name, entries, { inputs: inputsOf(change), now: madeAt });
    if (made !== undefined) {
      const envelope = await signStatement(revisionStatement(made.revision, made.digest), builder);
      state.set(revisionPath(name, 1), Buffer.from(made.bytes));
      state.set(revisionAttestationPath(name, 1), Buffer.from(attestationsBytes([envelope])));
      state.set(allowListStatePath(name), Buffer.from(recordBytes(made.state)));
    }
  }
}
