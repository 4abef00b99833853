import Type from 'typebox';
import { buildDefaults } from '../build-profile/schema.ts';
import { networkDefaults } from '../network-profile/schema.ts';
import { type RunProfileSpec, runDefaults } from '../run-profile/schema.ts';
import { name } from '../schema-parts.ts';

/** A sandbox image: what is in it, what is made of it, and what must hold before anyone gets it. */
export const sandboxImageSpec = Type.Object(
  {
    version: Type.String({
      pattern: '^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$',
      description: 'letters, digits, dots and dashes, at most 64: 1.2.0, or "1.10" in quotes',
    }),
    from: Type.Optional({
      ...name,
      description: 'the image that this one is built on; inherits its tree and OS',
    }),
    buildProfile: Type.Optional({
      ...name,
      description: 'a BuildProfile whose fields are defaults of this spec',
    }),
    runProfile: Type.Optional({ ...name, description: 'a RunProfile whose fields are defaults of run' }),
    allowList: Type.Optional({
      ...name,
      description: 'the AllowList of sandboxes of this image; default that of its run profile',
    }),
    os: Type.Optional(
      Type.Object(
        {
          distribution: Type.Literal('debian', { description: 'the distribution' }),
          release: Type.Literal('bookworm', { description: "the distribution's release" }),
          architecture: Type.Literal('amd64', { description: 'the CPU architecture' }),
        },
        { additionalProperties: false, description: 'the operating system; inherited with from' },
      ),
    ),
    ...buildDefaults,
    run: Type.Optional(
      Type.Object(runDefaults, {
        additionalProperties: false,
        description: 'the machine that smoke tests boot',
      }),
    ),
    network: Type.Optional(
      Type.Object(
        { profile: Type.Optional({ ...name, description: 'a NetworkProfile' }), ...networkDefaults },
        { additionalProperties: false, description: 'what the machine may reach while it is tested' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type SandboxImageSpec = Type.Static<typeof sandboxImageSpec>;

/** After the merge, `run` holds the list of the run profile too. */
export interface MergedImageSpec extends Omit<SandboxImageSpec, 'run'> {
  readonly run?: NonNullable<SandboxImageSpec['run']> & Pick<RunProfileSpec, 'allowList'>;
}
