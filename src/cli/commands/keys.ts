import { createKeys, openSigner, type Workspace } from '../../compose.ts';
import { publicKeyFromPem } from '../../model/public-key.ts';
import { actionMisuse, type CommandAction } from '../action-misuse.ts';
import { changeTrust } from '../change-trust.ts';
import type { Command, CommandOptions, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { jsonText } from '../render/json-text.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

const actions: Readonly<Record<string, CommandAction>> = {
  show: {
    usage: 'show',
    does: 'the public key of this host: id, OpenSSH text, PEM (default)',
    words: [0, 0],
    options: [],
  },
  create: {
    usage: 'create',
    does: 'make the builder and the root key where they are missing; nothing is replaced',
    words: [0, 0],
    options: [],
  },
  'allowed-signers': {
    usage: 'allowed-signers',
    does: 'a line for gpg.ssh.allowedSignersFile, so that git verify-commit knows the key',
    words: [0, 0],
    options: [],
  },
  list: {
    usage: 'list',
    does: 'the keys of the newest trust in the work tree, and whether it is signed',
    words: [0, 0],
    options: [],
  },
  add: {
    usage: 'add FILE',
    does: 'give the public key in FILE the roles of --role, beside those that it has',
    words: [1, 1],
    options: ['role', 'name', 'root-key'],
  },
  remove: {
    usage: 'remove KEY',
    does: 'take every role from a key, by its id or name',
    words: [1, 1],
    options: ['root-key'],
  },
  threshold: {
    usage: 'threshold ROLE=N',
    does: 'how many keys of the role must sign',
    words: [1, 1],
    options: ['root-key'],
  },
  rotate: {
    usage: 'rotate [WHICH]',
    does: 'put a new key in place of the builder (default) or the root key, in all roles of the old one',
    words: [0, 1],
    options: ['root-key'],
  },
  sign: {
    usage: 'sign',
    does: 'add the signature of a root key to the newest trust',
    words: [0, 0],
    options: ['root-key'],
  },
};

const keyOptions = {
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
} as const satisfies CommandOptions;

export const command: Command = {
  name: 'keys',
  summary: 'show and make the keys of this host, and change which keys count',
  argumentsText: '[ACTION [ARGUMENT]]',
  actions: Object.values(actions),
  options: keyOptions,
  arguments: { least: 0, most: 2 },
  outputs: ['json'],
  details: [
    'add, remove, threshold, rotate and sign write trust/<n>.json in the work tree; commit it with git. docs/keys.md explains trust.',
    'Example: sandkiln keys add ada.txt --role operator --role approver --name Ada',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const name = invocation.positionals[0] ?? 'show';
      const misuse = actionMisuse(
        { name: 'keys', options: Object.keys(keyOptions) },
        actions,
        invocation,
        name,
      );
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
