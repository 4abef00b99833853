import type { GitCommit } from '../../adapters/git/git.ts';

/**
 * Writers of one branch share one waiting time. Each commit that landed in a crowd says, in a trailer, how far apart
 * attempts should be; whoever sees that commit takes the value over. It grows with each writer that won only after a
 * lost race and shrinks with each that won at once, so it settles where about every second writer wins at once, however
 * many they are; and since all have the same, none is driven back by its own bad luck while others go on. (Known from
 * wireless networks as copying of the back-off: MACAW, Bharghavan and others, 1994.) Nothing depends on it: a writer
 * that does not take part, or whose clock is wrong, is only less patient or more.
 */
const spacingTrailer = 'Sandkiln-Spacing';

/** The spacing that a commit asks for, in milliseconds; 0 where it asks for none, or did so some time ago. */
export function spacingOf({ message, committedAt }: GitCommit, now: Date): number {
  const text = new RegExp(`^${spacingTrailer}: (\\d{1,5})ms$`, 'm').exec(message)?.[1];
  const spacingMs = Math.min(Number(text ?? 0), longestSpacingMs);
  const ageMs = Math.abs(now.getTime() - committedAt * 1000);
  return ageMs <= freshMs + 2 * spacingMs ? spacingMs : 0;
}

/** What a commit should ask for, by what its writer found and by whether its last attempt before was lost to others. */
export function nextSpacingMs(foundMs: number, lostBefore: boolean): number {
  const next = lostBefore ? Math.max(firstSpacingMs, foundMs * 1.5) : foundMs * 0.7;
  return next < firstSpacingMs / 2 ? 0 : Math.round(Math.min(next, longestSpacingMs));
}

/** A commit message with the trailer; 0 leaves it as it is. */
export function withSpacing(message: string, spacingMs: number): string {
  if (spacingMs === 0) {
    return message;
  }
  const text = message.trimEnd();
  const last = text.split('\n\n').slice(1).at(-1) ?? '';
  const hasTrailers = last !== '' && last.split('\n').every((line) => /^[A-Za-z][A-Za-z-]*: /.test(line));
  return `${text}${hasTrailers ? '\n' : '\n\n'}${spacingTrailer}: ${spacingMs}ms\n`;
}

const firstSpacingMs = 100;
const longestSpacingMs = 10_000;
/** Commits tell the time in seconds. */
const freshMs = 2000;
