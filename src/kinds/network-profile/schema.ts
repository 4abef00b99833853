import Type from 'typebox';

/** What a machine may reach while it is tested. */
export const networkProfileSpec = Type.Object(
  {
    layout: Type.Optional(
      Type.Union([Type.Literal('none'), Type.Literal('isolated'), Type.Literal('outbound')], {
        description: 'none: no network card; isolated: a card that reaches nothing; outbound: may open connections',
      }),
    ),
  },
  { additionalProperties: false },
);
export type NetworkProfileSpec = Type.Static<typeof networkProfileSpec>;
