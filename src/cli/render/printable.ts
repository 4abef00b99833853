/**
 * Text from outside (specs, guests, tools) as it may be shown on one line: line ends and tabs become blanks; control
 * characters, terminal escapes' introducers and characters that turn the direction of text or hide are left out.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n|[\n\r\t\u0085\u2028\u2029]/g, ' ')
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
      '',
    );
}
