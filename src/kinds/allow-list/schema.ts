import Type from 'typebox';
import { name } from '../schema-parts.ts';

const closed = { additionalProperties: false } as const;

const names = (description: string) =>
  Type.Optional(Type.Array(name, { minItems: 1, maxItems: 256, description }));

const text = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    description: `${description}; one line of at most ${maxLength} characters`,
  });

const value = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description }));

const entry = Type.Object(
  {
    match: Type.Object(
      {
        host: value('this name and no other'),
        subdomains: value('all names below this one, at any depth, without the name itself'),
        apexAndSubdomains: value('this name and all names below it'),
        oneLabel: value('the names exactly one label below this one'),
        ip: value('this address'),
        cidr: value('the addresses of this network, written without host bits'),
      },
      { ...closed, description: 'what it is about: exactly one of these' },
    ),
    ports: Type.Optional(
      Type.Array(
        Type.Unsafe<number | string>({
          type: ['integer', 'string'],
          minimum: 1,
          maximum: 65535,
          pattern: '^[1-9][0-9]{0,4}-[1-9][0-9]{0,4}$',
          description: 'a port from 1 to 65535, or a range: 8000-8010',
        }),
        { minItems: 1, maxItems: 256, description: 'ports and ranges of ports; every port where absent' },
      ),
    ),
    protocol: Type.Optional(
      Type.Union([Type.Literal('tcp'), Type.Literal('udp')], {
        description: 'the transport protocol; both where absent',
      }),
    ),
    scope: Type.Optional(
      Type.Object(
        {
          runProfiles: names('RunProfiles for which it holds'),
          pools: names('pools for which it holds'),
          samples: Type.Optional(
            Type.Array(
              Type.String({
                pattern: '^sha256:[0-9a-f]{64}$',
                description: 'sha256: and 64 lower-case hexadecimal digits',
              }),
              { minItems: 1, maxItems: 256, description: 'samples for which it holds, by digest' },
            ),
          ),
        },
        { ...closed, description: 'where it holds; everywhere where absent' },
      ),
    ),
    status: Type.Optional(
      Type.Union([Type.Literal('candidate'), Type.Literal('active'), Type.Literal('denied')], {
        description:
          'candidate: waits for a decision; active, the default: allows; denied: beats what allows the same',
      }),
    ),
    reason: text(500, 'why it is needed'),
    owner: Type.Optional(text(200, 'who answers for it')),
    expiresAt: Type.Optional(
      Type.String({
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$',
        description: 'when it ends to be in force, in UTC: 2027-01-31T00:00:00Z',
      }),
    ),
    source: Type.Optional(text(500, 'the observable that it was learned from')),
  },
  { ...closed, description: 'a destination' },
);

/** Destinations that sandboxes may reach: everything else is denied. */
export const allowListSpec = Type.Object(
  {
    include: Type.Optional(
      Type.Array(name, {
        uniqueItems: true,
        maxItems: 64,
        description: 'AllowLists whose entries belong to this one too',
      }),
    ),
    entries: Type.Optional(Type.Array(entry, { maxItems: 5000, description: 'destinations' })),
    entriesFrom: Type.Optional(
      Type.Array(
        Type.Object(
          {
            file: Type.String({
              minLength: 1,
              maxLength: 1024,
              description: 'a file of the repository, an entry a line as JSON',
            }),
          },
          { ...closed, description: 'a file of entries' },
        ),
        { maxItems: 16, description: 'files of further entries' },
      ),
    ),
  },
  closed,
);
