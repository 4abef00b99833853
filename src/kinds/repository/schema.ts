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
