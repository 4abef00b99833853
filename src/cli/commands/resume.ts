import { resourceDecision } from '../resource-decision.ts';

export const command = resourceDecision('resume', {
  summary: 'let a held resource go on',
  details: [
    [
      'The decision is a signed file below decisions/. It counts once it is committed, and ends every earlier hold. The key',
      'needs the role operator.',
    ].join(' '),
  ],
});
