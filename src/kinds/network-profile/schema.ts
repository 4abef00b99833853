import Type from 'typebox';
import { name } from '../schema-parts.ts';

/** Fields that a network profile can default and an image spec can set. */
export const networkDefaults = {
  layout: Type.Optional(
    Type.Union([Type.Literal('none'), Type.Literal('isolated'), Type.Literal('outbound')], {
      description:
        'none: no network card; isolated: a card that reaches nothing, the default; outbound: may open connections',
    }),
  ),
} as const;

/** What a machine may reach while it is tested. */
export const networkProfileSpec = Type.Object(
  {
    extends: Type.Optional({ ...name, description: 'a NetworkProfile that this one is laid over' }),
    ...networkDefaults,
  },
  { additionalProperties: false },
);
