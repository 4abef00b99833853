import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { exactEntry, realPath } from '../../tree/entry-at.ts';
import { readContent } from '../../tree/read-text.ts';
import { replaceEntries } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { type FoundUnit, findUnit, ownUnitFolder } from './find-unit.ts';
import { type InstallSection, parseInstallSection } from './install-section.ts';
import { writeLink } from './tree-text.ts';
import { expandSpecifiers, parseUnitName, type UnitName, withInstance } from './unit-name.ts';
import { unknownUnit } from './unknown-unit.ts';

const unitFileLimitBytes = 256 * 1024;

/**
 * Does what `systemctl --root=… enable` does: for each unit the links that the [Install] section of its file asks
 * for (WantedBy, RequiredBy, Alias; the units of Also as well), for instances of templates too. What is enabled
 * already stays. Drop-ins are not read, and start scripts get no links of runlevels. SK5520 for a unit that is not
 * there, SK5521 for one that cannot be enabled.
 */
export function enableUnits(tree: Tree, names: readonly string[], sourceDateEpoch: number): Result<Tree> {
  const links = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const waiting = names.map((name) => ({ name, because: '' }));
  for (const { name, because } of waiting) {
    const unit = parseUnitName(name);
    if (seen.has(unit?.text ?? name)) {
      continue;
    }
    seen.add(unit?.text ?? name);
    const wanted = unit === undefined ? unknownUnit(tree, name) : installation(tree, unit);
    if ('code' in wanted) {
      diagnostics.push(because === '' ? wanted : { ...wanted, message: `${wanted.message} (${because})` });
      continue;
    }
    waiting.push(...wanted.also.map((other) => ({ name: other, because: `Also= of ${wanted.unit}` })));
    for (const path of wanted.links) {
      const problem = linkProblem(tree, path, wanted, links);
      if (problem === undefined) {
        links.set(path, wanted.path);
      } else {
        diagnostics.push(problem);
      }
    }
  }
  if (diagnostics.length > 0) {
    return failure(...diagnostics);
  }
  const missing = [...links].filter(([path]) => exactEntry(tree, path) === undefined);
  return missing.length === 0
    ? success(tree)
    : replaceEntries(
        tree,
        missing.map(([path, target]) => writeLink(path, target, sourceDateEpoch)),
      );
}

interface Installation {
  readonly unit: string;
  /** What the links point to. */
  readonly path: string;
  /** Tree paths of the links. */
  readonly links: readonly string[];
  readonly also: readonly string[];
}

function installation(tree: Tree, named: UnitName): Installation | Diagnostic {
  const unit = unitBehind(tree, named);
  const found = findUnit(tree, unit);
  if (found === undefined) {
    return unknownUnit(tree, unit.text);
  }
  if (found.is !== 'file') {
    return notAFile(unit, found);
  }
  const section =
    found.file.sizeBytes > unitFileLimitBytes
      ? undefined
      : parseInstallSection(Buffer.from(readContent(found.file)).toString('utf8'));
  if (section === undefined) {
    return cannotEnable(
      unit.text,
      `${found.path} has no [Install] section`,
      'remove the name: other units start it where it is needed',
    );
  }
  const instance = unit.instance === '' ? withInstance(unit, section.defaultInstance ?? '') : unit;
  if (instance.instance === '') {
    return cannotEnable(
      unit.text,
      'it is a template',
      `name an instance, such as ${unit.prefix}@NAME${unit.suffix}`,
    );
  }
  const links = linksOf(section, instance);
  const also = section.also.map((other) => expandSpecifiers(other, instance));
  if (links === undefined || !also.every((other) => other !== undefined)) {
    return cannotEnable(
      unit.text,
      `the [Install] section of ${found.path} asks for what no file can be`,
      'check its WantedBy, RequiredBy, Alias and Also',
    );
  }
  return { unit: unit.text, path: found.path, links, also };
}

/** A package's own alias (`autovt@.service`) stands for the unit; one below /etc may belong to anybody. */
function unitBehind(tree: Tree, name: UnitName): UnitName {
  const found = findUnit(tree, name);
  const target =
    found?.is === 'alias' && !found.path.startsWith(`/${ownUnitFolder}/`)
      ? parseUnitName(found.of)
      : undefined;
  if (target === undefined) {
    return name;
  }
  return name.instance !== undefined && target.instance === '' ? withInstance(target, name.instance) : target;
}

function notAFile(unit: UnitName, found: Exclude<FoundUnit, { is: 'file' }>): Diagnostic {
  switch (found.is) {
    case 'masked':
      return cannotEnable(
        unit.text,
        'it is masked',
        'remove it from disableServices, here and in the images below',
      );
    case 'alias':
      return cannotEnable(unit.text, `it is another name of ${found.of}`, `enable ${found.of} itself`);
    case 'script':
      return cannotEnable(
        unit.text,
        `it is the start script ${found.path}`,
        'write a unit for it with `files`',
      );
  }
}

function linksOf(section: InstallSection, unit: UnitName): readonly string[] | undefined {
  const names: string[] = [];
  for (const [list, suffix] of [
    [section.wantedBy, 'wants'],
    [section.requiredBy, 'requires'],
  ] as const) {
    for (const text of list) {
      const target = expandSpecifiers(text, unit);
      if (target === undefined || parseUnitName(target)?.text !== target) {
        return undefined;
      }
      names.push(`${target}.${suffix}/${unit.text}`);
    }
  }
  for (const text of section.alias) {
    const alias = expandSpecifiers(text, unit);
    const parsed = alias === undefined ? undefined : parseUnitName(alias);
    const isPossible =
      parsed?.text === alias && parsed?.suffix === unit.suffix && parsed.instance === unit.instance;
    if (alias === undefined || !isPossible) {
      return undefined;
    }
    names.push(alias);
  }
  return names.map((name) => `${ownUnitFolder}/${name}`);
}

/** A link that leads elsewhere already is not taken over. */
function linkProblem(
  tree: Tree,
  path: string,
  wanted: Installation,
  links: ReadonlyMap<string, string>,
): Diagnostic | undefined {
  const entry = exactEntry(tree, path);
  const leadsTo = entry?.type === 'symbolic-link' ? entry.target : links.get(path);
  const isFree = entry === undefined && leadsTo === undefined;
  const isSame = leadsTo !== undefined && realPath(tree, leadsTo) === realPath(tree, wanted.path);
  return isFree || isSame
    ? undefined
    : cannotEnable(
        wanted.unit,
        `/${path} is there already${leadsTo === undefined ? '' : ` and leads to ${leadsTo}`}`,
        'enable one of the two units',
      );
}

function cannotEnable(unit: string, why: string, hint: string): Diagnostic {
  return treeProblem('SK5521', `${unit} cannot be enabled: ${why}`, hint);
}
