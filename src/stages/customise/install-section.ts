/** What `systemctl enable` reads of a unit file (systemd.unit(5), "[Install] Section Options"). */
export interface InstallSection {
  readonly wantedBy: readonly string[];
  readonly requiredBy: readonly string[];
  readonly alias: readonly string[];
  readonly also: readonly string[];
  readonly defaultInstance: string | undefined;
}

const lists = { WantedBy: 'wantedBy', RequiredBy: 'requiredBy', Alias: 'alias', Also: 'also' } as const;

/**
 * The [Install] section of a unit file (systemd.syntax(7)): comments, continued lines, lists that an empty
 * value clears. Nothing where there is no such section or where it says nothing. Drop-ins are not read.
 */
export function parseInstallSection(text: string): InstallSection | undefined {
  const found: Record<(typeof lists)[keyof typeof lists], string[]> = {
    wantedBy: [],
    requiredBy: [],
    alias: [],
    also: [],
  };
  let defaultInstance: string | undefined;
  let isInside = false;
  for (const line of logicalLines(text)) {
    if (line.startsWith('[')) {
      isInside = line === '[Install]';
      continue;
    }
    const equals = line.indexOf('=');
    if (!isInside || equals === -1) {
      continue;
    }
    const key = line.slice(0, equals).trimEnd();
    const value = line.slice(equals + 1).trim();
    if (key === 'DefaultInstance') {
      defaultInstance = value === '' ? undefined : value;
    } else if (isList(key)) {
      const words = value.split(/[ \t]+/).filter((word) => word !== '');
      found[lists[key]] = words.length === 0 ? [] : [...found[lists[key]], ...words];
    }
  }
  const saysSomething = Object.values(found).some((words) => words.length > 0);
  return saysSomething ? { ...found, defaultInstance } : undefined;
}

function isList(key: string): key is keyof typeof lists {
  return Object.hasOwn(lists, key);
}

/** Lines without comments, continued ones joined. A comment inside a continued line is left out of it. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let started = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('#') || line.startsWith(';')) {
      continue;
    }
    if (line.endsWith('\\')) {
      started += `${line.slice(0, -1)} `;
      continue;
    }
    lines.push((started + line).trim());
    started = '';
  }
  return started === '' ? lines : [...lines, started.trim()];
}
