import type { CST, ParsedNode, YAMLParseError } from 'yaml';
import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { SourceText } from './source-text.ts';
import { yamlLibrary } from './yaml-library.ts';

/** Deepest nesting of maps and lists. What people write needs ten levels; the composer recurses once a level. */
const nestingLimit = 64;

/** Findings of one kind in one file, after which the rest is not told. */
const findingLimit = 20;

/**
 * The one YAML 1.2 document of a text as a tree of nodes with their ranges. The tokens are looked at one by one, so
 * that aliases, tags, directives and deep nesting end the work before anything is made of them. Gives SK1005 to
 * SK1011 and SK1016.
 */
export function parseNodes(source: SourceText): Result<ParsedNode> {
  const read = readTokens(source);
  if (!read.ok) {
    return read;
  }
  const { Composer } = yamlLibrary();
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false });
  const [document, second] = [...composer.compose(read.value, true, source.text.length)];
  if (document === undefined) {
    return failure(empty(source));
  }
  const errors = second === undefined ? document.errors : [...document.errors, ...second.errors];
  const starts = read.value.filter((token) => token.type === 'document');
  const next = starts[1];
  if (next !== undefined) {
    return failure(secondDocument(source, next.offset));
  }
  const findings = errors.slice(0, findingLimit).map((error) => syntaxError(source, error));
  const tab = findings.find(({ code }) => code === 'SK1006');
  const [first, ...rest] = tab === undefined ? findings : [tab];
  if (first !== undefined) {
    return failure(first, ...rest);
  }
  return document.contents === null ? failure(empty(source)) : success(document.contents);
}

function readTokens(source: SourceText): Result<readonly CST.Token[]> {
  const { CST, Lexer, Parser } = yamlLibrary();
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const refused: Diagnostic[] = [];
  let scalarFollows = false;
  let ended = 0;
  let broken = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    const offset = parser.offset;
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      ended += token.type === 'document' ? 1 : 0;
      broken += token.type === 'error' ? 1 : 0;
    }
    if (ended > 1 || broken > findingLimit) {
      break;
    }
    if (parser.stack.length > nestingLimit) {
      return failure(tooDeep(source, offset, lexeme.length));
    }
    const finding = scalarFollows ? undefined : refusal(source, lexeme, offset);
    scalarFollows = lexeme === CST.SCALAR;
    if (finding !== undefined && refused.push(finding) === findingLimit) {
      break;
    }
  }
  const [first, ...rest] = refused;
  if (first !== undefined) {
    return failure(first, ...rest);
  }
  tokens.push(...parser.end());
  return success(tokens);
}

function refusal(source: SourceText, lexeme: string, offset: number): Diagnostic | undefined {
  const known = refusals[lexeme.charAt(0)];
  return known === undefined
    ? undefined
    : {
        code: known.code,
        severity: 'error',
        message: `${lexeme.trim()} is a YAML ${known.what}, and ${known.plural} are not read`,
        hint: known.hint,
        place: source.placeAt(offset, offset + lexeme.length),
      };
}

/** Lexemes that start with one of these, outside scalars, are what YAML has and resources need not. */
const refusals: Readonly<
  Record<
    string,
    { readonly code: DiagnosticCode; readonly what: string; readonly plural: string; readonly hint: string }
  >
> = {
  '*': {
    code: 'SK1007',
    what: 'alias',
    plural: 'aliases',
    hint: 'repeat the value or put it in a profile; a text that starts with * goes in quotes',
  },
  '&': {
    code: 'SK1007',
    what: 'anchor',
    plural: 'anchors',
    hint: 'remove it; a text that starts with & goes in quotes',
  },
  '!': {
    code: 'SK1008',
    what: 'tag',
    plural: 'tags',
    hint: 'remove it; a text that starts with ! goes in quotes',
  },
  '%': {
    code: 'SK1009',
    what: 'directive',
    plural: 'directives',
    hint: 'remove the line; documents are read as YAML 1.2',
  },
};

function syntaxError(source: SourceText, error: YAMLParseError): Diagnostic {
  const place = source.placeAt(error.pos[0], error.pos[1]);
  if (error.code === 'TAB_AS_INDENT' || /^\s*\t/.test(place.sourceLine ?? '')) {
    return {
      code: 'SK1006',
      severity: 'error',
      message: `${source.file} is indented with a tab, which YAML does not allow`,
      hint: 'indent with spaces',
      place,
    };
  }
  const [sentence = ''] = error.message.split('\n');
  return {
    code: 'SK1005',
    severity: 'error',
    message: `${source.file} is not valid YAML: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/[.:]$/, '')}`,
    hint: 'check indentation, quotes and brackets at and before this place',
    place,
  };
}

function secondDocument(source: SourceText, offset: number): Diagnostic {
  return {
    code: 'SK1010',
    severity: 'error',
    message: `${source.file} holds more than one YAML document`,
    hint: 'put every resource in a file of its own',
    place: source.placeAt(offset, offset + 3),
  };
}

function tooDeep(source: SourceText, offset: number, length: number): Diagnostic {
  return {
    code: 'SK1016',
    severity: 'error',
    message: `${source.file} nests maps and lists deeper than ${nestingLimit} levels`,
    hint: 'no resource needs this; write the value flatter',
    place: source.placeAt(offset, offset + length),
  };
}

function empty(source: SourceText): Diagnostic {
  return {
    code: 'SK1011',
    severity: 'error',
    message: `${source.file} holds no resource`,
    hint: 'write one (apiVersion, kind, metadata, spec), or remove the file',
    place: source.placeAt(0, 1),
  };
}
