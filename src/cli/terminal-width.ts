const widthUnlessKnown = 100;
const leastWidth = 40;

/** Columns for what goes to stdout: those of the terminal, else of `COLUMNS`, else what a page can show. */
export function terminalWidth(
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Pick<NodeJS.WriteStream, 'columns'> = process.stdout,
): number {
  const told = Number(environment['COLUMNS']);
  const width = terminal.columns || (Number.isInteger(told) && told > 0 ? told : widthUnlessKnown);
  return Math.max(leastWidth, width);
}
