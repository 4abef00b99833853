/** Fields of one stanza, names in lower case, continuation lines joined by newlines. */
export type Stanza = ReadonlyMap<string, string>;

const longestStanza = 4 * 1024 * 1024;

/**
 * One stanza of a Debian control file (deb822(5)). Gives nothing for text that is no stanza: a line without a field
 * name, a continuation without a field, a field twice, or more than 4 MiB.
 */
export function parseStanza(text: string): Stanza | undefined {
  if (text.length > longestStanza) {
    return undefined;
  }
  const fields = new Map<string, string>();
  let current: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line.trim() === '') {
      continue;
    }
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (current === undefined) {
        return undefined;
      }
      fields.set(current, `${fields.get(current) ?? ''}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || /\s/.test(name) || fields.has(name)) {
      return undefined;
    }
    fields.set(name, line.slice(colon + 1).trim());
    current = name;
  }
  return fields.size === 0 ? undefined : fields;
}

/** The texts of the stanzas of a file, which empty lines divide. */
export function splitStanzas(text: string): readonly string[] {
  return text.split(/\n[ \t]*(?:\n[ \t]*)+/).filter((part) => part.trim() !== '');
}
