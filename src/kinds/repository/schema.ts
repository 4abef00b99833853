import Type from 'typebox';

const mirrorUrl = Type.String({
  pattern: '^https?://[A-Za-z0-9._:/~-]{1,500}$',
  description: "an http or https address; the host's own mirror where absent",
});

/** `sandkiln.yaml`: the policy of the repository. */
export const repositorySpec = Type.Object(
  {
    catalog: Type.Optional(
      Type.Object(
        {
          branch: Type.Optional(
            Type.String({
              pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$',
              description:
                'the branch that holds the catalog, as git names branches; that of HEAD where absent',
            }),
          ),
        },
        { additionalProperties: false, description: 'where the catalog is kept' },
      ),
    ),
    stores: Type.Optional(
      Type.Object(
        {
          default: Type.Object(
            {
              fileSystem: Type.Object(
                {},
                { additionalProperties: false, description: "a folder of the host's" },
              ),
            },
            { additionalProperties: false, description: 'where artifacts go' },
          ),
        },
        { additionalProperties: false, description: 'where artifacts are kept' },
      ),
    ),
    builders: Type.Optional(
      Type.Object(
        {
          mmdebstrap: Type.Optional(
            Type.Object(
              { mirror: Type.Optional(mirrorUrl), securityMirror: Type.Optional(mirrorUrl) },
              { additionalProperties: false, description: 'how packages are fetched for this builder' },
            ),
          ),
        },
        { additionalProperties: false, description: 'what each builder is told' },
      ),
    ),
    allowLists: Type.Optional(
      Type.Object(
        {
          permit: Type.Optional(
            Type.Array(
              Type.Union(
                [
                  Type.Literal('private'),
                  Type.Literal('loopback'),
                  Type.Literal('linkLocal'),
                  Type.Literal('metadata'),
                  Type.Literal('multicast'),
                  Type.Literal('reserved'),
                  Type.Literal('resolvers'),
                  Type.Literal('sinkhole'),
                ],
                { description: 'a group of destinations that are always denied' },
              ),
              {
                uniqueItems: true,
                maxItems: 8,
                description: 'groups that are not always denied, so that lists decide about them',
              },
            ),
          ),
          sinkhole: Type.Optional(
            Type.Array(
              Type.String({
                minLength: 1,
                maxLength: 1024,
                description: 'an address, a network or a host name',
              }),
              {
                uniqueItems: true,
                maxItems: 64,
                description: 'the network that pretends to be the internet; default 10.66.66.2',
              },
            ),
          ),
        },
        { additionalProperties: false, description: 'what no allow-list can allow' },
      ),
    ),
    safeguards: Type.Optional(
      Type.Object(
        {
          maxRetirePercent: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 100,
              description: 'share of the active images that one plan may retire; default 10',
            }),
          ),
        },
        { additionalProperties: false, description: 'limits of what one plan may do' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type RepositorySpec = Type.Static<typeof repositorySpec>;
