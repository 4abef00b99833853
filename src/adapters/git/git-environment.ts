/** What of the caller's environment a git process may see, and the values of `safe.directory` that the user set. */
export interface GitHost {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly safeDirectories: readonly string[];
}

/** `read` takes no lock and reaches no network; `write` makes what it writes durable; `remote` talks to a remote. */
export type GitPurpose = 'read' | 'write' | 'remote';

export type GitSetting = readonly [key: string, value: string];

/**
 * The whole environment of a git process: no configuration of system or user, no hooks, no file system monitor, no
 * replacement objects, no prompts, and only the transports that the purpose needs. Settings go by the environment
 * (GIT_CONFIG_COUNT), so that the processes which git itself starts have them too.
 */
export function gitEnvironment(
  host: GitHost,
  purpose: GitPurpose,
  settings: readonly GitSetting[] = [],
): Record<string, string> {
  const environment: Record<string, string> = {
    ...passedOn(host.environment, passedAlways),
    ...(purpose === 'remote' ? passedOn(host.environment, passedToRemotes) : {}),
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_PAGER: 'cat',
    GIT_EDITOR: ':',
    // Whose name stands in the reflog; commits carry their own.
    GIT_COMMITTER_NAME: 'sandkiln',
    GIT_COMMITTER_EMAIL: 'sandkiln@localhost',
  };
  if (purpose === 'read') {
    environment['GIT_OPTIONAL_LOCKS'] = '0';
  }
  const all: readonly GitSetting[] = [
    ...settingsAlways,
    ...(purpose === 'read' ? [] : settingsOfWriters),
    ...(purpose === 'remote' ? settingsOfRemotes : []),
    ...host.safeDirectories.map((directory): GitSetting => ['safe.directory', directory]),
    ...settings,
  ];
  environment['GIT_CONFIG_COUNT'] = String(all.length);
  for (const [index, [key, value]] of all.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return environment;
}

/** The environment in which git says what the user's own configuration holds. */
export function userConfigurationEnvironment(host: GitHost): Record<string, string> {
  return {
    ...passedOn(host.environment, [
      ...passedAlways,
      'XDG_CONFIG_HOME',
      'GIT_CONFIG_GLOBAL',
      'GIT_CONFIG_SYSTEM',
      'GIT_CONFIG_NOSYSTEM',
    ]),
    LC_ALL: 'C',
  };
}

const passedAlways = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'SUDO_UID',
  'GIT_CEILING_DIRECTORIES',
] as const;

const passedToRemotes = [
  'SSH_AUTH_SOCK',
  'GIT_ASKPASS',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
] as const;

const settingsAlways: readonly GitSetting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.commitGraph', 'false'],
  ['protocol.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

const settingsOfWriters: readonly GitSetting[] = [
  ['core.fsync', 'all'],
  // One flush of the device for all loose objects of a command instead of one each.
  ['core.fsyncMethod', 'batch'],
  ['core.logAllRefUpdates', 'true'],
];

const settingsOfRemotes: readonly GitSetting[] = [
  ['protocol.file.allow', 'always'],
  ['protocol.ssh.allow', 'always'],
  ['protocol.https.allow', 'always'],
  ['transfer.fsckObjects', 'true'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.prune', 'false'],
  ['push.followTags', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['push.gpgSign', 'false'],
  ['push.default', 'nothing'],
  ['core.askPass', ''],
];

function passedOn(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) {
      passed[name] = value;
    }
  }
  return passed;
}
