import { createKeys, openSigner, type Workspace } from '../../compose.ts';
import { publicKeyFromPem } from '../../model/public-key.ts';
import { changeTrust } from '../change-trust.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { jsonText } from '../render/json-text.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

/** Number of words after the action, and the options that the action takes. */
const actions: Readonly<
  Record<string, { readonly words: readonly [number, number]; readonly options: readonly string[] }>
> = {
  show: { words: [0, 0], options: [] },
  create: { words: [0, 0], options: [] },
  'allowed-signers': { words: [0, 0], options: [] },
  list: { words: [0, 0], options: [] },
  add: { words: [1, 1], options: ['role', 'name', 'root-key'] },
  remove: { words: [1, 1], options: ['root-key'] },
  threshold: { words: [1, 1], options: ['root-key'] },
  rotate: { words: [0, 1], options: ['root-key'] },
  sign: { words: [0, 0], options: ['root-key'] },
};

export const command: Command = {
  name: 'keys',
  summary: 'show and make the keys of this host, and change which keys count',
  argumentsText: `[${Object.keys(actions).join('|')}] [ARGUMENT]`,
  options: {
    role: {
      type: 'string',
      multiple: true,
      value: 'ROLE',
      help: 'add: root, builder, approver, operator, promoter or heartbeat; may be repeated',
    },
    name: {
      type: 'string',
      value: 'TEXT',
      help: 'add: whose key it is; default the comment of the key, or the name of its file',
    },
    'root-key': {
      type: 'string',
      multiple: true,
      value: 'FILE',
      help: 'sign with this root key; default root.pem beside the key of this host; may be repeated',
    },
  },
  arguments: { least: 0, most: 2 },
  outputs: ['json'],
  details: [
    'show             the public key of this host: id, OpenSSH text, PEM (default)',
    'create           make the builder and the root key where they are missing; nothing is replaced',
    'allowed-signers  a line for gpg.ssh.allowedSignersFile, so that git verify-commit knows the key',
    'list             the keys of the newest trust in the work tree, and whether it is signed',
    'add FILE         give the public key in FILE the roles of --role, beside those that it has',
    'remove KEY       take every role from a key, by its id or name',
    'threshold R=N    how many keys of the role R must sign',
    'rotate [WHICH]   put a new key in place of the builder (default) or the root key, in all roles of the old one',
    'sign             add the signature of a root key to the newest trust',
    'add, remove, threshold and rotate write the next trust/<n>.json; commit it with git. docs/keys.md explains trust.',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const name = invocation.positionals[0] ?? 'show';
      const misuse = misuseOf(invocation, name);
      if (misuse !== undefined) {
        invocation.stderr(`error: ${misuse}\n`);
        return exitCodes.error;
      }
      switch (name) {
        case 'create':
          return create(invocation, workspace);
        case 'show':
        case 'allowed-signers':
          return show(invocation, name, workspace);
        default:
          return changeTrust(invocation, workspace);
      }
    }),
};

function misuseOf(invocation: Invocation, name: string): string | undefined {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    return `keys takes one of ${Object.keys(actions).join(', ')}`;
  }
  const words = invocation.positionals.length - 1;
  const [least, most] = action.words;
  if (words < least || words > most) {
    return least === 0
      ? `keys ${name} takes ${most === 0 ? 'no' : 'at most one'} argument`
      : `keys ${name} needs one argument`;
  }
  const given = [
    ...(invocation.text('name') === undefined ? [] : ['name']),
    ...['role', 'root-key'].filter((option) => invocation.list(option).length > 0),
  ];
  const idle = given.find((option) => !action.options.includes(option));
  return idle === undefined ? undefined : `keys ${name} has no use for --${idle}`;
}

async function create(invocation: Invocation, { host }: Workspace): Promise<ExitCode> {
  const made = await createKeys(host);
  if (!made.ok) {
    return failWith(invocation, made.diagnostics);
  }
  for (const file of made.value.files) {
    invocation.stdout(`${file.made ? 'wrote' : 'kept '}    ${file.path}\n`);
  }
  return exitCodes.ok;
}

async function show(
  invocation: Invocation,
  action: 'show' | 'allowed-signers',
  { host }: Workspace,
): Promise<ExitCode> {
  const signer = await openSigner(host);
  if (!signer.ok) {
    return failWith(invocation, signer.diagnostics);
  }
  const pem = signer.value.publicKeyPem;
  const key = publicKeyFromPem(pem);
  if (key === undefined) {
    throw new TypeError('a signer has a key that is no key');
  }
  if (action === 'allowed-signers') {
    invocation.stdout(`${host.author.email} namespaces="git" ${key.sshText}\n`);
  } else if (invocation.output === 'json') {
    const { keyId, algorithm, sshText } = key;
    invocation.stdout(
      jsonText({ formatVersion: 1, keyId, algorithm, openSsh: sshText, pem, file: host.keyFile }),
    );
  } else {
    invocation.stdout(`${key.keyId} (${key.algorithm}) in ${host.keyFile}\n${key.sshText}\n${pem}`);
  }
  return exitCodes.ok;
}
