import { isAbsolute } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import type { Diagnostic, Place } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { HostBuilder } from './host.ts';
import { unreadableHostFile } from './unreadable-host-file.ts';

/** A setting as it is written, and where. */
export interface WrittenSetting {
  readonly text: string;
  readonly place: Place;
}

export interface HostFile {
  readonly settings: ReadonlyMap<string, WrittenSetting>;
  readonly builders: ReadonlyMap<string, HostBuilder>;
}

const fileLimitCharacters = 256 * 1024;
const argumentLimit = 64;
const builderName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const builderVersion = /^[A-Za-z0-9][A-Za-z0-9._+~:-]{0,99}$/;

/**
 * Reads the text of a host configuration: settings that are one text each, and `builders`. Everything that is not known,
 * an alias, or of another form is SK9010 with its place. `taken` are names that no builder of the host may have.
 */
export function parseHostFile(
  file: string,
  text: string,
  known: { readonly settings: readonly string[]; readonly taken: readonly string[] },
): Result<HostFile> {
  if (text.length > fileLimitCharacters) {
    return failure(unreadableHostFile({ file }, `it has more than ${fileLimitCharacters} characters`));
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: true, lineCounter: lines });
  const placeOf = createPlaceOf(file, text, lines);
  const [error] = document.errors;
  if (error !== undefined) {
    return failure(unreadableHostFile(placeOf(error.pos), error.message.split('\n')[0] ?? ''));
  }
  if (document.contents === null) {
    return success({ settings: new Map(), builders: new Map() });
  }
  const reader = createReader(placeOf);
  return reader.file(document.contents, known);
}

type PlaceOf = (range: readonly number[] | null | undefined) => Place;

function createPlaceOf(file: string, text: string, lines: LineCounter): PlaceOf {
  return (range) => {
    const [from = 0, to = from] = range ?? [];
    const start = lines.linePos(from);
    const end = lines.linePos(to);
    const sourceLine = text.split('\n')[start.line - 1];
    return {
      file,
      start: { line: start.line, column: start.col },
      end: { line: end.line, column: end.col },
      ...(sourceLine === undefined ? {} : { sourceLine }),
    };
  };
}

function createReader(placeOf: PlaceOf) {
  const problems: Diagnostic[] = [];

  function refuse(node: unknown, what: string, hint: string): undefined {
    const range = isNode(node) ? node.range : undefined;
    problems.push({ ...unreadableHostFile(placeOf(range), what), hint });
  }

  function textOf(node: unknown): string | undefined {
    return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
  }

  /** The pairs of a map by name, in their order. */
  function pairsOf(map: YAMLMap): readonly (readonly [name: string, key: unknown, value: unknown])[] {
    return map.items.map(({ key, value }) => [textOf(key) ?? '', key, value]);
  }

  function readBuilder(name: string, node: unknown): HostBuilder | undefined {
    if (!isMap(node)) {
      return refuse(node, `builders.${name} is not a map`, 'write {command: [/path/of/program, argument]}');
    }
    let command: readonly string[] | undefined;
    let version: string | undefined;
    for (const [field, key, value] of pairsOf(node)) {
      if (field === 'command') {
        command = readCommand(name, value);
      } else if (field === 'version') {
        version = textOf(value);
        if (version === undefined || !builderVersion.test(version)) {
          refuse(
            value,
            `builders.${name}.version is no version`,
            'write letters, digits and ._+~:-, at most 100',
          );
        }
      } else {
        refuse(key, `${JSON.stringify(field)} is no field of a builder`, 'a builder has command and version');
      }
    }
    if (command === undefined) {
      return pairsOf(node).some(([field]) => field === 'command')
        ? undefined
        : refuse(node, `builders.${name} has no command`, 'write command: [/path/of/program, argument]');
    }
    return { command, ...(version === undefined ? {} : { version }) };
  }

  function readCommand(name: string, node: unknown): readonly string[] | undefined {
    const words = isSeq(node) ? node.items.map(textOf) : [];
    const [file] = words;
    if (words.length === 0 || words.length > argumentLimit || file === undefined || !isAbsolute(file)) {
      return refuse(
        node,
        `builders.${name}.command is no program with its arguments`,
        `write a list of at most ${argumentLimit} texts, the program's absolute path first: [/usr/local/bin/builder, --fast]`,
      );
    }
    const usable = words.filter((word) => word !== undefined && word.length <= 4096 && !word.includes('\0'));
    return usable.length === words.length
      ? usable.filter((word) => word !== undefined)
      : refuse(
          node,
          `builders.${name}.command has an argument that is no text`,
          'put numbers and dates in quotes',
        );
  }

  function readBuilders(node: unknown, taken: readonly string[]): ReadonlyMap<string, HostBuilder> {
    const builders = new Map<string, HostBuilder>();
    if (!isMap(node)) {
      refuse(node, 'builders is not a map', 'write builders: {NAME: {command: [/path/of/program]}}');
      return builders;
    }
    for (const [name, key, value] of pairsOf(node)) {
      if (!builderName.test(name)) {
        refuse(
          key,
          `${JSON.stringify(name)} is no name of a builder`,
          'write lower-case letters, digits and dashes',
        );
      } else if (taken.includes(name)) {
        refuse(key, `the builder ${name} is built in`, 'choose another name; specs then say builder: NAME');
      } else {
        const builder = readBuilder(name, value);
        if (builder !== undefined) {
          builders.set(name, builder);
        }
      }
    }
    return builders;
  }

  return {
    file(
      root: Node,
      known: { readonly settings: readonly string[]; readonly taken: readonly string[] },
    ): Result<HostFile> {
      const settings = new Map<string, WrittenSetting>();
      let builders: ReadonlyMap<string, HostBuilder> = new Map();
      if (!isMap(root)) {
        refuse(root, 'it is not a map', 'see docs/host.md for its settings');
        return failure(...problems);
      }
      for (const [name, key, value] of pairsOf(root)) {
        const text = textOf(value);
        if (name === 'builders') {
          builders = readBuilders(value, known.taken);
        } else if (!known.settings.includes(name)) {
          refuse(
            key,
            `${JSON.stringify(name)} is not a setting`,
            `settings are ${known.settings.join(', ')}, builders`,
          );
        } else if (text === undefined) {
          refuse(value ?? key, `${name} has not one value`, 'write one text');
        } else {
          settings.set(name, { text, place: placeOf(isNode(value) ? value.range : undefined) });
        }
      }
      return problems.length > 0 ? failure(...problems) : success({ settings, builders });
    },
  };
}

function isNode(node: unknown): node is Node {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
}
