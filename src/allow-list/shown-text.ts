/** Longest text that a message repeats. */
const longestShown = 100;

/**
 * Characters that are not seen or that change how others are seen: controls, format characters (bidirectional ones,
 * zero-width ones), line and paragraph separators, fillers, private use, halves of surrogate pairs.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const everyHidden = new RegExp(hidden, 'gu');

/** The first hidden character of a text, as `U+202E`. */
export function hiddenCharacter(text: string): string | undefined {
  const [character] = hidden.exec(text) ?? [];
  return character === undefined ? undefined : codePointName(character);
}

/** A text in quotes, cut to what a message can bear, with hidden characters written as escapes. */
export function shownText(text: string): string {
  const cut = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return JSON.stringify(cut).replace(
    everyHidden,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** `U+202E`. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
