import Type from 'typebox';

const mirrorUrl = Type.String({ pattern: '^https?://[A-Za-z0-9._:/~-]{1,500}$' });

/** `sandkiln.yaml`: the policy of the repository. */
export const repositorySpec = Type.Object(
  {
    catalog: Type.Optional(
      Type.Object(
        { branch: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$', description: 'default: the branch of HEAD' })) },
        { additionalProperties: false },
      ),
    ),
    stores: Type.Optional(
      Type.Object(
        { default: Type.Object({ fileSystem: Type.Object({}, { additionalProperties: false }) }, { additionalProperties: false }) },
        { additionalProperties: false },
      ),
    ),
    builders: Type.Optional(
      Type.Object(
        {
          mmdebstrap: Type.Optional(
            Type.Object(
              { mirror: Type.Optional(mirrorUrl), securityMirror: Type.Optional(mirrorUrl) },
              { additionalProperties: false },
            ),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    safeguards: Type.Optional(
      Type.Object(
        { maxRetirePercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, description: 'default 10' })) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type RepositorySpec = Type.Static<typeof repositorySpec>;
