import { createKeys, openSigner } from '../../compose.ts';
import { publicKeyFromPem } from '../../model/public-key.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { jsonText } from '../render/json-text.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

const actions = ['show', 'create', 'allowed-signers'] as const;

export const command: Command = {
  name: 'keys',
  summary: 'show the key of this host, or create it',
  argumentsText: `[${actions.join('|')}]`,
  options: {},
  arguments: { least: 0, most: 1 },
  outputs: ['json'],
  details: [
    'show             the public key: id, OpenSSH text, PEM (default)',
    'create           make the builder and the root key where they are missing; nothing is replaced',
    'allowed-signers  a line for gpg.ssh.allowedSignersFile, so that git verify-commit knows the key',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async ({ host }) => {
      const action = invocation.positionals[0] ?? 'show';
      if (action === 'create') {
        const made = await createKeys(host);
        if (!made.ok) {
          return failWith(invocation, made.diagnostics);
        }
        for (const file of made.value.files) {
          invocation.stdout(`${file.made ? 'wrote' : 'kept '}    ${file.path}\n`);
        }
        return exitCodes.ok;
      }
      if (action !== 'show' && action !== 'allowed-signers') {
        invocation.stderr(`error: keys takes one of ${actions.join(', ')}\n`);
        return exitCodes.error;
      }
      const signer = await openSigner(host);
      return signer.ok
        ? showKey(invocation, action, signer.value.publicKeyPem, host)
        : failWith(invocation, signer.diagnostics);
    }),
};

function showKey(
  invocation: Invocation,
  action: 'show' | 'allowed-signers',
  pem: string,
  host: { readonly keyFile: string; readonly author: { readonly email: string } },
): ExitCode {
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
