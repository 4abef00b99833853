/** First line of files that are written without being declared; where it is missing, somebody declared the file. */
export const ownMarker = '# Written by sandkiln. A file of the spec at this path takes its place.';

export function isOwn(text: string): boolean {
  return text.startsWith(ownMarker);
}

/** Lines that say something: without comments and empty ones. */
export function sayingLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
