/**
 * Where a spreadsheet may take the text that follows for a formula: at the start of a cell, and after what some locale
 * or import dialog takes for the end of one. Signs of full width count in East Asian locales.
 */
const formulaStart = /(^|[",;|\t\r\n])((?:[^\S\t\r\n]|')*[=+\-@＝＋－＠])/gu;
const quotedStart = /(^|[",;|\t\r\n])'((?:[^\S\t\r\n]|')*[=+\-@＝＋－＠])/gu;

const sign = /[=+\-@＝＋－＠]/;

/** A text with an apostrophe before all that a spreadsheet could run, so that it is shown and not run. */
export function harmlessCell(text: string): string {
  return sign.test(text) ? text.replace(formulaStart, "$1'$2") : text;
}

/** The text that {@link harmlessCell} was given. */
export function originalCell(text: string): string {
  return text.replace(quotedStart, '$1$2');
}
