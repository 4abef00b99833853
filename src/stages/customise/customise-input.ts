import { type Digest, isDigest } from '../../model/digest.ts';
import type { DeclaredUser } from './add-accounts.ts';

/** Everything declared that customising reads: the input of its action, with every default filled in. */
export type CustomiseInput = {
  /** The image's name is its host name and the IMAGE_ID of its os-release; the version is the spec's, never a build's. */
  readonly image: { readonly name: string; readonly version: string };
  readonly users: readonly DeclaredUser[];
  readonly files: readonly DeclaredFile[];
  readonly enableServices: readonly string[];
  readonly disableServices: readonly string[];
  readonly lockRoot: boolean;
  readonly sysctl: Readonly<Record<string, string>>;
  readonly mountOptions: Readonly<Partial<Record<MountPoint, readonly string[]>>>;
  /** Whether the machine has a network card that the image should configure. */
  readonly hasNetworkCard: boolean;
};

export type DeclaredFile = {
  /** Absolute. */
  readonly path: string;
  /** 0 to 0o7777. */
  readonly mode: number;
  readonly user: string;
  readonly group: string;
  /** The text itself, or a blob of the cache store. */
  readonly content: { readonly text: string } | { readonly digest: Digest };
};

export type MountPoint = '/' | '/tmp' | '/var/tmp' | '/dev/shm';

/** The fields of a resolved image spec that customising reads. */
export interface CustomiseFields {
  readonly version: string;
  readonly users: readonly {
    readonly name: string;
    readonly uid?: number;
    readonly shell?: string;
    readonly home?: string;
    readonly groups?: readonly string[];
  }[];
  readonly files: readonly {
    readonly path: string;
    readonly content?: string;
    readonly source?: string;
    readonly mode?: string;
    readonly owner?: string;
  }[];
  readonly services: { readonly enable?: readonly string[] };
  readonly hardening: {
    readonly lockRoot?: boolean;
    readonly sysctl?: Readonly<Record<string, string>>;
    readonly disableServices?: readonly string[];
    readonly mountOptions?: Readonly<Partial<Record<MountPoint, readonly string[]>>>;
  };
  readonly network: { readonly layout: 'none' | 'isolated' | 'outbound' };
}

/**
 * The input of an image's customise action. `fileDigests` holds the repository files that the spec names, by path;
 * validation has seen to it that all are there. kernelCommandLine is not part of it: it goes to the boot loader.
 */
export function customiseInput(
  name: string,
  fields: CustomiseFields,
  fileDigests: ReadonlyMap<string, string>,
): CustomiseInput {
  const { users, files, services, hardening, network } = fields;
  return {
    image: { name, version: fields.version },
    users: users.map((user) => ({
      name: user.name,
      uid: user.uid ?? null,
      shell: user.shell ?? '/bin/bash',
      home: user.home ?? `/home/${user.name}`,
      groups: user.groups ?? [],
    })),
    files: files.map((file) => declaredFile(file, fileDigests)),
    enableServices: services.enable ?? [],
    disableServices: hardening.disableServices ?? [],
    lockRoot: hardening.lockRoot ?? false,
    sysctl: hardening.sysctl ?? {},
    mountOptions: hardening.mountOptions ?? {},
    hasNetworkCard: network.layout !== 'none',
  };
}

function declaredFile(
  file: CustomiseFields['files'][number],
  fileDigests: ReadonlyMap<string, string>,
): DeclaredFile {
  const [user = 'root', group = 'root'] = (file.owner ?? 'root:root').split(':');
  return {
    path: file.path,
    mode: Number.parseInt(file.mode ?? '0644', 8),
    user,
    group,
    content: contentOf(file, fileDigests),
  };
}

function contentOf(
  file: CustomiseFields['files'][number],
  fileDigests: ReadonlyMap<string, string>,
): DeclaredFile['content'] {
  if (file.source === undefined) {
    return { text: file.content ?? '' };
  }
  const digest = fileDigests.get(file.source);
  if (!isDigest(digest)) {
    throw new TypeError(`no digest of the repository file ${JSON.stringify(file.source)}`);
  }
  return { digest };
}
