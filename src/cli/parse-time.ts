import { parseDuration } from '../model/quantity.ts';

/** Milliseconds of a time span with its unit, such as `90s` or `2h`; nothing where the text is none. */
export function parseTime(text: string): number | undefined {
  return /^[1-9][0-9]{0,5}(?:s|m|h|d)$/.test(text) ? parseDuration(text) : undefined;
}
