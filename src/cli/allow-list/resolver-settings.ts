import { readFile } from 'node:fs/promises';
import { addressText, parseAddress } from '../../allow-list/address.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { wrongOption } from '../wrong-option.ts';

export const resolverOptions = {
  upstream: {
    type: 'string',
    multiple: true,
    value: 'ADDRESS[:PORT]',
    help: 'export to dnsmasq, apply: where allowed names are resolved; with it names are enforced too; may be repeated',
  },
  listen: {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'where the resolver answers sandboxes; default 127.0.0.1; may be repeated',
  },
  'resolver-user': {
    type: 'string',
    value: 'NAME',
    help: 'whom the resolver runs as, a user that no sandbox has; default dnsmasq',
  },
} as const;

/** A resolver for the sandboxes of a network namespace. */
export interface HostResolver {
  readonly upstreams: readonly { readonly address: string; readonly port: number }[];
  readonly listen: readonly string[];
  readonly port: number;
  readonly user: { readonly name: string; readonly id: number };
}

/** What the options say of a resolver; nothing where no upstream is named, and then names are not enforced. */
export async function readResolverSettings(
  invocation: Invocation,
): Promise<Result<HostResolver | undefined>> {
  const upstreams = invocation.list('upstream').map(parseUpstream);
  const listen = invocation.list('listen').length > 0 ? invocation.list('listen') : ['127.0.0.1'];
  const user = invocation.text('resolver-user') ?? 'dnsmasq';
  if (upstreams.length === 0) {
    return success(undefined);
  }
  const known = upstreams.filter((one) => one !== undefined);
  if (known.length < upstreams.length) {
    return failure(
      wrongOption(
        'upstream',
        invocation.list('upstream').join(' '),
        'an address, and a port after it: 192.0.2.53, [2001:db8::53]:5353',
      ),
    );
  }
  const addresses = listen.flatMap((text) => parseAddress(text) ?? []);
  if (addresses.length < listen.length) {
    return failure(wrongOption('listen', listen.join(' '), 'addresses of the namespace'));
  }
  const id = await userId(user);
  return id === undefined
    ? failure(
        wrongOption(
          'resolver-user',
          user,
          'a user of this host; the package dnsmasq-base makes one named dnsmasq',
        ),
      )
    : success({
        upstreams: known,
        listen: addresses.map(({ family, value }) => addressText(family, value)),
        port: 53,
        user: { name: user, id },
      });
}

function parseUpstream(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, bracketed, plain, portText = '53'] =
    /^(?:\[([^\]]+)\]|([^:]+|[^[]*:[^[]*:[^[]*?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const bare = parseAddress(text);
  const address = bare ?? parseAddress(bracketed ?? plain ?? '');
  const port = bare === undefined ? Number(portText) : 53;
  return address === undefined || port < 1 || port > 65_535
    ? undefined
    : { address: addressText(address.family, address.value), port };
}

async function userId(name: string): Promise<number | undefined> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const row = accounts.split('\n').find((line) => line.startsWith(`${name}:`));
  const id = Number(row?.split(':')[2]);
  return row === undefined || !Number.isInteger(id) ? undefined : id;
}
