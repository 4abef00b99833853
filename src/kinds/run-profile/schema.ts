import Type from 'typebox';
import { name, size } from '../schema-parts.ts';

/** Fields that a run profile can default and the `run` section of an image spec can set. */
export const runDefaults = {
  memory: Type.Optional({ ...size, description: 'memory of the machine; default 1GiB' }),
  cpus: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 64, description: 'CPUs of the machine; default 2' }),
  ),
} as const;

/** The machine that an image runs on; smoke tests boot it in this shape. */
export const runProfileSpec = Type.Object(
  {
    extends: Type.Optional({ ...name, description: 'a RunProfile that this one is laid over' }),
    allowList: Type.Optional({
      ...name,
      description: 'the AllowList of images that name none themselves',
    }),
    ...runDefaults,
  },
  { additionalProperties: false },
);
export type RunProfileSpec = Type.Static<typeof runProfileSpec>;
