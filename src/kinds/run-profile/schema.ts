import Type from 'typebox';
import { size } from '../schema-parts.ts';

/** The machine that an image runs on; smoke tests boot it in this shape. */
export const runProfileSpec = Type.Object(
  {
    memory: Type.Optional({ ...size, description: 'memory of the machine; default 1GiB' }),
    cpus: Type.Optional(Type.Integer({ minimum: 1, maximum: 64, description: 'CPUs of the machine; default 2' })),
  },
  { additionalProperties: false },
);
export type RunProfileSpec = Type.Static<typeof runProfileSpec>;
