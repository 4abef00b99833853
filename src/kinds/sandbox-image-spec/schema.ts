import Type from 'typebox';
import { buildDefaults } from '../build-profile/schema.ts';
import { networkProfileSpec } from '../network-profile/schema.ts';
import { runProfileSpec } from '../run-profile/schema.ts';
import { name } from '../schema-parts.ts';

/** A sandbox image: what is in it, what is made of it, and what must hold before anyone gets it. */
export const sandboxImageSpec = Type.Object(
  {
    version: Type.String({
      pattern: '^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$',
      description: 'bump it to supersede, leave it to rebuild; always a string: "1.10"',
    }),
    from: Type.Optional({ ...name, description: 'the image that this one is built on; inherits its tree and OS' }),
    buildProfile: Type.Optional({ ...name, description: 'a BuildProfile whose fields are defaults of this spec' }),
    runProfile: Type.Optional({ ...name, description: 'a RunProfile whose fields are defaults of run' }),
    os: Type.Optional(
      Type.Object(
        {
          distribution: Type.Literal('debian'),
          release: Type.Literal('bookworm'),
          architecture: Type.Literal('amd64'),
        },
        { additionalProperties: false },
      ),
    ),
    ...buildDefaults,
    run: Type.Optional(runProfileSpec),
    network: Type.Optional(
      Type.Object(
        { profile: Type.Optional({ ...name, description: 'a NetworkProfile' }), ...networkProfileSpec.properties },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type SandboxImageSpec = Type.Static<typeof sandboxImageSpec>;
