import { randomBytes } from 'node:crypto';

/** `20261120T230000Z-1a2b3c4d`: sorts by time, and two runs of one second differ. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}
