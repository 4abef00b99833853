import Type from 'typebox';
import { absolutePath, duration, name, packageName, size, unitName, userName } from '../schema-parts.ts';

const closed = { additionalProperties: false } as const;

const limits = Type.Object(
  {
    memory: Type.Optional({
      ...size,
      description:
        'memory that a bootstrap reserves; bootstraps wait for each other rather than reserve more than the host has',
    }),
    cpus: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description: 'CPUs that the programs of a bootstrap may run on',
      }),
    ),
    warnAfter: Type.Optional({ ...duration, description: 'a stage that runs longer is reported' }),
    stopAfter: Type.Optional({
      ...duration,
      description: 'a stage that runs longer is ended with all its processes',
    }),
  },
  { ...closed, description: 'what building may take of the host' },
);

const mountOptionList = Type.Array(
  Type.String({ pattern: '^[a-z0-9_=%]{1,64}$', description: 'a mount option: nodev, size=64m' }),
  { maxItems: 16, uniqueItems: true, description: 'options of this mount point' },
);

const smokeTest = Type.Object(
  {
    name: Type.String({
      pattern: '^[^\\u0000-\\u001f\\u007f]{1,200}$',
      description: 'what the test shows, on one line of at most 200 characters; unique in the image',
    }),
    tier: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 3, description: '0 tree, 1 micro boot, 2 full boot, 3 firmware' }),
    ),
    guestAgent: Type.Optional(Type.Literal('ping', { description: 'the guest agent answers' })),
    command: Type.Optional(
      Type.Object(
        {
          as: Type.Optional(userName),
          run: Type.Array(
            Type.String({
              pattern: '^[^\\u0000]{0,4096}$',
              description: 'an argument of at most 4096 characters',
            }),
            {
              minItems: 1,
              maxItems: 64,
              description: 'argument array, no shell',
            },
          ),
          expect: Type.Optional(
            Type.Object(
              {
                exitCode: Type.Optional(
                  Type.Integer({ minimum: 0, maximum: 255, description: 'the exit code; default 0' }),
                ),
                stdout: Type.Optional(Type.String({ maxLength: 65536, description: 'the exact output' })),
                stdoutContains: Type.Optional(
                  Type.String({ minLength: 1, maxLength: 4096, description: 'a part of the output' }),
                ),
              },
              { ...closed, description: 'what must come of it' },
            ),
          ),
        },
        { ...closed, description: 'a command that runs in the guest' },
      ),
    ),
    service: Type.Optional(
      Type.Object(
        {
          unit: unitName,
          active: Type.Optional(Type.Boolean({ description: 'whether it must be active; default true' })),
        },
        { ...closed, description: 'the state of a systemd unit' },
      ),
    ),
    port: Type.Optional(
      Type.Object(
        {
          number: Type.Integer({ minimum: 1, maximum: 65535, description: 'a TCP port' }),
          open: Type.Optional(
            Type.Boolean({ description: 'whether something listens there in the guest; default true' }),
          ),
        },
        { ...closed, description: 'a TCP port of the guest' },
      ),
    ),
    reach: Type.Optional(
      Type.Object(
        {
          address: Type.String({
            pattern: '^(?:[A-Za-z0-9][A-Za-z0-9._:-]{0,252}|::[0-9a-f:.]{0,64})$',
            description: 'an IP address or host name',
          }),
          port: Type.Integer({ minimum: 1, maximum: 65535, description: 'a TCP port there' }),
          reachable: Type.Boolean({ description: 'whether a TCP connection from the guest must come about' }),
        },
        { ...closed, description: 'a connection from the guest to an address' },
      ),
    ),
    file: Type.Optional(
      Type.Object(
        {
          path: absolutePath,
          exists: Type.Optional(Type.Boolean({ description: 'whether it must be there; default true' })),
          mode: Type.Optional(
            Type.String({ pattern: '^[0-7]{4}$', description: 'four octal digits: "0644"' }),
          ),
          contains: Type.Optional(
            Type.String({ minLength: 1, maxLength: 4096, description: 'a part of its text' }),
          ),
        },
        { ...closed, description: 'a file of the tree' },
      ),
    ),
  },
  { ...closed, description: 'one of guestAgent, command, service, port, reach, file' },
);

/** Fields that a build profile can default and an image spec can set. */
export const buildDefaults = {
  builder: Type.Optional({
    ...name,
    description: 'who makes the tree: mmdebstrap, or a builder of the host configuration',
  }),
  variant: Type.Optional(
    Type.Union([Type.Literal('essential'), Type.Literal('apt'), Type.Literal('minbase')], {
      description: 'the packages that a tree without parent starts from; default apt',
    }),
  ),
  limits: Type.Optional(limits),
  packages: Type.Optional(
    Type.Array(packageName, { uniqueItems: true, maxItems: 5000, description: 'packages to install' }),
  ),
  users: Type.Optional(
    Type.Array(
      Type.Object(
        {
          name: userName,
          uid: Type.Optional(
            Type.Integer({
              minimum: 1000,
              maximum: 59999,
              description: 'the numeric id; the next free one where absent',
            }),
          ),
          shell: Type.Optional({ ...absolutePath, description: 'the login shell, an absolute path' }),
          home: Type.Optional({ ...absolutePath, description: 'the home folder, an absolute path' }),
          groups: Type.Optional(
            Type.Array(userName, {
              uniqueItems: true,
              maxItems: 64,
              description: 'groups that exist in the image',
            }),
          ),
        },
        closed,
      ),
      { maxItems: 1000, description: 'users to add; without a password' },
    ),
  ),
  files: Type.Optional(
    Type.Array(
      Type.Object(
        {
          path: absolutePath,
          content: Type.Optional(Type.String({ maxLength: 65536, description: 'the text of the file' })),
          source: Type.Optional(
            Type.String({
              pattern: '^[^\\u0000-\\u001f\\u007f]{1,1024}$',
              description: 'a file of the repository, from its root',
            }),
          ),
          mode: Type.Optional(
            Type.String({ pattern: '^[0-7]{4}$', description: 'four octal digits: "0644", the default' }),
          ),
          owner: Type.Optional(
            Type.String({
              pattern: '^[a-z0-9_][a-z0-9_-]{0,31}:[a-z0-9_][a-z0-9_-]{0,31}$',
              description: 'user:group; default root:root',
            }),
          ),
        },
        closed,
      ),
      { maxItems: 5000, description: 'files to write; one of content and source each' },
    ),
  ),
  services: Type.Optional(
    Type.Object(
      {
        enable: Type.Optional(
          Type.Array(unitName, { uniqueItems: true, maxItems: 500, description: 'units to enable' }),
        ),
      },
      { ...closed, description: 'systemd units' },
    ),
  ),
  hardening: Type.Optional(
    Type.Object(
      {
        lockRoot: Type.Optional(Type.Boolean({ description: 'no password and no shell for root' })),
        sysctl: Type.Optional(
          Type.Record(
            Type.String({ pattern: '^[a-z0-9_]+(?:[./][A-Za-z0-9_*-]+)+$' }),
            Type.String({
              pattern: '^[^\\u0000-\\u001f\\u007f]{1,1000}$',
              description: 'the value, a string on one line',
            }),
            {
              additionalProperties: false,
              description: 'kernel settings (kernel.kptr_restrict: "2"), written to /etc/sysctl.d',
            },
          ),
        ),
        disableServices: Type.Optional(
          Type.Array(unitName, {
            uniqueItems: true,
            maxItems: 500,
            description: 'units that must not start: masked',
          }),
        ),
        mountOptions: Type.Optional(
          Type.Object(
            {
              '/': Type.Optional(mountOptionList),
              '/tmp': Type.Optional(mountOptionList),
              '/var/tmp': Type.Optional(mountOptionList),
              '/dev/shm': Type.Optional(mountOptionList),
            },
            {
              ...closed,
              description: 'mount options by mount point; /tmp, /var/tmp and /dev/shm become tmpfs',
            },
          ),
        ),
        kernelCommandLine: Type.Optional(
          Type.Array(
            Type.String({
              pattern: '^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$',
              description: 'one kernel parameter without blanks and quotes: quiet, mitigations=auto',
            }),
            { maxItems: 64, description: 'added to the kernel command line' },
          ),
        ),
      },
      { ...closed, description: 'settings that take away what is not needed' },
    ),
  ),
  disk: Type.Optional(
    Type.Object(
      {
        size: Type.Optional({ ...size, description: 'size of the disk images; default 4GiB' }),
        bootLoader: Type.Optional(
          Type.Union([Type.Literal('none'), Type.Literal('grub')], {
            description: 'none: direct kernel boot; grub: a GPT disk that BIOS and UEFI firmware start',
          }),
        ),
      },
      { ...closed, description: 'the disk of raw and qcow2' },
    ),
  ),
  outputs: Type.Optional(
    Type.Array(
      Type.Union([
        Type.Literal('rootfs'),
        Type.Literal('raw'),
        Type.Literal('qcow2'),
        Type.Literal('squashfs'),
        Type.Literal('oci'),
      ]),
      { uniqueItems: true, minItems: 1, description: 'what is published' },
    ),
  ),
  smokeTests: Type.Optional(
    Type.Array(smokeTest, { maxItems: 200, description: 'what must hold before the image is published' }),
  ),
  sizeBudget: Type.Optional({ ...size, description: 'a tree larger than this fails the build' }),
} as const;

/** Fields of a BuildProfile. */
export const buildProfileSpec = Type.Object(
  {
    extends: Type.Optional({ ...name, description: 'a BuildProfile that this one is laid over' }),
    ...buildDefaults,
  },
  closed,
);
