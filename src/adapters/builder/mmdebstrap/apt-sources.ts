import { parseStanza, splitStanzas } from './deb822.ts';

/** One place that apt takes binary packages from. */
export interface AptSource {
  /** Without a trailing slash. */
  readonly url: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** Sources of a file in one-line format (sources.list(5)); what it cannot read it leaves out. */
export function parseOneLineSources(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    return match === null ? [] : source(match[1], match[2], words(match[3]));
  });
}

/** Sources of a file in deb822 format (sources.list(5)); stanzas that are disabled or cannot be read are left out. */
export function parseDeb822Sources(text: string): readonly AptSource[] {
  return splitStanzas(text).flatMap((part) => {
    const stanza = parseStanza(part);
    if (
      stanza === undefined ||
      !words(stanza.get('types')).includes('deb') ||
      /^(no|false|0|off|disable)$/i.test(stanza.get('enabled') ?? '')
    ) {
      return [];
    }
    const components = words(stanza.get('components'));
    return words(stanza.get('uris')).flatMap((url) =>
      words(stanza.get('suites')).flatMap((suite) => source(url, suite, components)),
    );
  });
}

function source(
  url: string | undefined,
  suite: string | undefined,
  components: readonly string[],
): AptSource[] {
  return url === undefined || suite === undefined
    ? []
    : [{ url: url.replace(/\/+$/, ''), suite: suite.replace(/\/+$/, ''), components }];
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
