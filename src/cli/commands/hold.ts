import { resourceDecision } from '../resource-decision.ts';

export const command = resourceDecision('hold', {
  summary: 'keep a resource as it is: plans show its changes, and no run carries them out',
  details: [
    [
      'The decision is a signed file below decisions/. It counts once it is committed, for whatever changes come, until a',
      'resume or until --until. What expires in an allow-list expires all the same. The key needs the role operator.',
    ].join(' '),
  ],
});
