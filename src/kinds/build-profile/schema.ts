import Type from 'typebox';
import { absolutePath, duration, packageName, size, unitName, userName } from '../schema-parts.ts';

const closed = { additionalProperties: false } as const;

const limits = Type.Object(
  {
    memory: Type.Optional({ ...size, description: 'memory that a build may plan with; above it, scratch space is on disk' }),
    cpus: Type.Optional(Type.Integer({ minimum: 1, maximum: 256, description: 'CPUs that packing may use' })),
    warnAfter: Type.Optional({ ...duration, description: 'a stage that runs longer is reported' }),
    stopAfter: Type.Optional({ ...duration, description: 'a stage that runs longer is ended with all its processes' }),
  },
  closed,
);

const smokeTest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: 'what the test shows; unique in the image' }),
    tier: Type.Optional(Type.Integer({ minimum: 0, maximum: 3, description: '0 tree, 1 micro boot, 2 full boot, 3 firmware' })),
    guestAgent: Type.Optional(Type.Literal('ping', { description: 'the guest agent answers' })),
    command: Type.Optional(
      Type.Object(
        {
          as: Type.Optional(userName),
          run: Type.Array(Type.String({ maxLength: 4096 }), { minItems: 1, maxItems: 64, description: 'argument array, no shell' }),
          expect: Type.Optional(
            Type.Object(
              {
                exitCode: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
                stdout: Type.Optional(Type.String({ maxLength: 65536, description: 'the exact output' })),
                stdoutContains: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    service: Type.Optional(
      Type.Object({ unit: unitName, active: Type.Optional(Type.Boolean({ description: 'default true' })) }, closed),
    ),
    port: Type.Optional(
      Type.Object(
        {
          number: Type.Integer({ minimum: 1, maximum: 65535 }),
          open: Type.Optional(Type.Boolean({ description: 'whether something listens there in the guest; default true' })),
        },
        closed,
      ),
    ),
    reach: Type.Optional(
      Type.Object(
        {
          address: Type.String({ minLength: 1, maxLength: 253, description: 'an IP address or host name' }),
          port: Type.Integer({ minimum: 1, maximum: 65535 }),
          reachable: Type.Boolean({ description: 'whether a TCP connection from the guest must come about' }),
        },
        closed,
      ),
    ),
    file: Type.Optional(
      Type.Object(
        {
          path: absolutePath,
          exists: Type.Optional(Type.Boolean({ description: 'default true' })),
          mode: Type.Optional(Type.String({ pattern: '^[0-7]{4}$' })),
          contains: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
        },
        closed,
      ),
    ),
  },
  { ...closed, description: 'one of guestAgent, command, service, port, reach, file' },
);

/** Fields that a build profile can default and an image spec can set. */
export const buildDefaults = {
  builder: Type.Optional(Type.Literal('mmdebstrap', { description: 'who makes the tree' })),
  variant: Type.Optional(
    Type.Union([Type.Literal('essential'), Type.Literal('apt'), Type.Literal('minbase')], {
      description: 'the packages that a tree without parent starts from; default apt',
    }),
  ),
  limits: Type.Optional(limits),
  packages: Type.Optional(Type.Array(packageName, { uniqueItems: true, maxItems: 5000, description: 'packages to install' })),
  users: Type.Optional(
    Type.Array(
      Type.Object(
        {
          name: userName,
          uid: Type.Optional(Type.Integer({ minimum: 1000, maximum: 59999 })),
          shell: Type.Optional(absolutePath),
          home: Type.Optional(absolutePath),
          groups: Type.Optional(Type.Array(userName, { uniqueItems: true, maxItems: 64, description: 'groups that exist' })),
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
            Type.String({ minLength: 1, maxLength: 1024, description: 'a file of the repository, from its root' }),
          ),
          mode: Type.Optional(Type.String({ pattern: '^[0-7]{4}$', description: 'four octal digits; default 0644' })),
          owner: Type.Optional(
            Type.String({ pattern: '^[a-z0-9_][a-z0-9_-]{0,31}:[a-z0-9_][a-z0-9_-]{0,31}$', description: 'user:group; default root:root' }),
          ),
        },
        closed,
      ),
      { maxItems: 5000, description: 'files to write; one of content and source each' },
    ),
  ),
  services: Type.Optional(
    Type.Object({ enable: Type.Optional(Type.Array(unitName, { uniqueItems: true, maxItems: 500 })) }, closed),
  ),
  hardening: Type.Optional(
    Type.Object(
      {
        lockRoot: Type.Optional(Type.Boolean({ description: 'no password and no shell for root' })),
        sysctl: Type.Optional(
          Type.Record(Type.String({ pattern: '^[a-z0-9_]+(?:[./][A-Za-z0-9_*-]+)+$' }), Type.String({ pattern: '^[^\\u0000-\\u001f]{1,1000}$' }), {
            description: 'kernel settings, written to /etc/sysctl.d',
          }),
        ),
        disableServices: Type.Optional(
          Type.Array(unitName, { uniqueItems: true, maxItems: 500, description: 'units that must not start: masked' }),
        ),
        mountOptions: Type.Optional(
          Type.Record(
            Type.Union([Type.Literal('/tmp'), Type.Literal('/var/tmp'), Type.Literal('/dev/shm'), Type.Literal('/')]),
            Type.Array(Type.String({ pattern: '^[a-z0-9_=%]{1,64}$' }), { minItems: 1, maxItems: 16, uniqueItems: true }),
            { description: 'mount options by mount point; /tmp, /var/tmp and /dev/shm become tmpfs' },
          ),
        ),
        kernelCommandLine: Type.Optional(
          Type.Array(Type.String({ pattern: '^[!-~]{1,200}$' }), { maxItems: 64, description: 'added to the kernel command line' }),
        ),
      },
      closed,
    ),
  ),
  disk: Type.Optional(
    Type.Object(
      {
        size: Type.Optional(size),
        bootLoader: Type.Optional(
          Type.Union([Type.Literal('none'), Type.Literal('grub')], {
            description: 'none: direct kernel boot; grub: a GPT disk that BIOS and UEFI firmware start',
          }),
        ),
      },
      closed,
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
  smokeTests: Type.Optional(Type.Array(smokeTest, { maxItems: 200 })),
  sizeBudget: Type.Optional({ ...size, description: 'a tree larger than this fails the build' }),
} as const;

/** Fields of a BuildProfile. */
export const buildProfileSpec = Type.Object(buildDefaults, closed);
export type BuildProfileSpec = Type.Static<typeof buildProfileSpec>;
