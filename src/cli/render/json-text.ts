/**
 * JSON for machines: two spaces, a final newline. What a terminal would act on or hide (C1 controls, bidirectional and
 * zero-width characters) is written as escapes; JSON has done so with other controls.
 */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
