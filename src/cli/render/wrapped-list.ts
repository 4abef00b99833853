/**
 * Names one after another, broken after a separator where a line would get longer than the width. Further lines are
 * indented: below the first name unless told otherwise. A name alone may be longer than the width.
 */
export function wrappedList(
  start: string,
  names: readonly string[],
  separator: string,
  width: number,
  indentation: string = ' '.repeat(start.length),
): readonly string[] {
  const lines: string[] = [];
  let line = start;
  let isEmpty = true;
  for (const [index, name] of names.entries()) {
    const text = index === names.length - 1 ? name : name + separator;
    if (!isEmpty && line.length + text.trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = indentation;
    }
    line += text;
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}
