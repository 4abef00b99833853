/** A systemd unit name in its parts (systemd.unit(5)): `getty@tty1.service` is prefix `getty`, instance `tty1`. */
export interface UnitName {
  /** The whole name, with its suffix. */
  readonly text: string;
  readonly prefix: string;
  /** Absent: no template. Empty: the template itself. */
  readonly instance?: string;
  /** With the dot: `.service`. */
  readonly suffix: string;
}

const unitPattern =
  /^([A-Za-z0-9:_.\\-]+)(?:@([A-Za-z0-9:_.\\@-]*))?(\.(?:service|socket|target|timer|path|mount|automount|swap|slice|device|scope))$/;

/** Reads a unit name; `.service` is added where it has no suffix. Gives nothing where it is no name. */
export function parseUnitName(text: string): UnitName | undefined {
  const match = unitPattern.exec(text) ?? unitPattern.exec(`${text}.service`);
  const [whole, prefix, instance, suffix] = match ?? [];
  if (whole === undefined || prefix === undefined || suffix === undefined || whole.length > 255) {
    return undefined;
  }
  return { text: whole, prefix, suffix, ...(instance === undefined ? {} : { instance }) };
}

/** The file that a unit is read from: the template's, for an instance. */
export function unitFileName(name: UnitName): string {
  return name.instance === undefined ? name.text : `${name.prefix}@${name.suffix}`;
}

export function withInstance(name: UnitName, instance: string): UnitName {
  return { ...name, instance, text: `${name.prefix}@${instance}${name.suffix}` };
}

/** Replaces the specifiers that an [Install] section may hold; nothing where there is one that needs a running system. */
export function expandSpecifiers(text: string, name: UnitName): string | undefined {
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    n: name.text,
    N: name.text.slice(0, -name.suffix.length),
    p: name.prefix,
    i: name.instance ?? '',
    j: name.prefix.slice(name.prefix.lastIndexOf('-') + 1),
  };
  let isKnown = true;
  const expanded = text.replace(/%(.?)/g, (_, letter: string) => {
    const value = values[letter];
    isKnown &&= value !== undefined;
    return value ?? '';
  });
  return isKnown ? expanded : undefined;
}
