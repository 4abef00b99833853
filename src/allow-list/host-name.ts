import { domainToASCII, domainToUnicode } from 'node:url';
import { parseAddress } from './address.ts';
import type { TextProblem } from './entry-problem.ts';
import { hiddenCharacter, shownText } from './shown-text.ts';

/** A name in canonical text, or why it is none. */
export type HostName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly problem: TextProblem };

/** RFC 1035, section 2.3.4; a name in text has no final dot and so two octets less. */
const longestName = 253;
const longestLabel = 63;
const longestInput = 1024;

/** What needs no work: the form in which most names are written. */
const plainName = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The canonical text of a host name: lower case, IDNA to A-labels (UTS #46, non-transitional), without a final dot.
 * Labels are letters, digits and dashes, neither first nor last a dash; `_` may stand in all but the last label. What is
 * or would become an address is refused, as resolvers disagree about `0x7f.1` or `1.2.3`. Gives SK1402 to SK1405.
 */
export function normaliseHostName(written: string): HostName {
  return written.length <= longestName && plainName.test(written) && !written.includes('xn--')
    ? { ok: true, name: written }
    : foldName(written);
}

function foldName(written: string): HostName {
  if (written.length > longestInput) {
    return notAName(written, `is longer than ${longestName} characters`);
  }
  const refused = refusedAsWritten(written);
  if (refused !== undefined) {
    return { ok: false, problem: refused };
  }
  const ascii = isAscii(written) ? written.toLowerCase() : domainToASCII(written);
  if (ascii === '' && written !== '') {
    return notAName(written, 'is not a valid internationalised name (IDNA)');
  }
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  if (/(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/.test(name)) {
    return { ok: false, problem: readsAsAddress(written, name) };
  }
  const wrong = labelProblem(name);
  return wrong === undefined ? { ok: true, name } : { ok: false, problem: wrong(written) };
}

function refusedAsWritten(written: string): TextProblem | undefined {
  const hidden = hiddenCharacter(written);
  if (hidden !== undefined) {
    return hiddenInName(written, hidden);
  }
  if (written.includes('*')) {
    return wildcard(written);
  }
  const bare = /^\[(.*)\]$/.exec(written)?.[1] ?? written;
  if (bare.includes(':') && parseAddress(bare) !== undefined) {
    return readsAsAddress(written, bare);
  }
  const foreign = /[\u0020-\u002c\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u007e]|\p{Z}/u.exec(written);
  return foreign === null
    ? undefined
    : {
        code: 'SK1405',
        message: `${shownText(written)} is no host name: it holds ${shownText(foreign[0])}`,
        hint: 'write the name alone, without scheme, port, path or spaces',
      };
}

/** What is wrong with a folded name, to be told of the one that was written. */
function labelProblem(name: string): ((written: string) => TextProblem) | undefined {
  const labels = name.split('.');
  const empty = labels.includes('');
  const long = labels.some((label) => label.length > longestLabel);
  if (empty || long || name.length > longestName) {
    const what = empty
      ? 'has an empty label'
      : long
        ? `has a label of more than ${longestLabel} characters`
        : `is longer than ${longestName} characters`;
    return (written) => nameProblem(written, what);
  }
  for (const [index, label] of labels.entries()) {
    const last = index === labels.length - 1;
    if (last && label.includes('_')) {
      return (written) => nameProblem(written, 'has an underscore in its last label');
    }
    if (!/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/.test(label)) {
      return (written) => nameProblem(written, 'has a label that starts or ends with a dash');
    }
    const wrong = label.startsWith('xn--') ? encodedLabelProblem(label) : undefined;
    if (wrong !== undefined) {
      return wrong;
    }
  }
  return undefined;
}

/** An A-label must stand for a text that is written as that very label. */
function encodedLabelProblem(label: string): ((written: string) => TextProblem) | undefined {
  const text = domainToUnicode(label);
  return text.startsWith('xn--') || domainToASCII(text) !== label
    ? (written) => nameProblem(written, `has the label ${shownText(label)}, which encodes no name (IDNA)`)
    : undefined;
}

function isAscii(text: string): boolean {
  return /^[\u0000-\u007f]*$/.test(text);
}

function notAName(written: string, what: string): HostName {
  return { ok: false, problem: nameProblem(written, what) };
}

function nameProblem(written: string, what: string): TextProblem {
  return {
    code: 'SK1405',
    message: written === '' ? 'the host name is empty' : `${shownText(written)} is no host name: it ${what}`,
    hint: written.startsWith('.')
      ? 'for the names below one write subdomains, with the name itself apexAndSubdomains, without a leading dot'
      : 'write labels of letters, digits and dashes with dots between them: deb.debian.org',
  };
}

function hiddenInName(written: string, character: string): TextProblem {
  return {
    code: 'SK1402',
    message: `${shownText(written)} holds ${character}, a character that is not seen`,
    hint: 'remove it, as the name could look like another one; where it belongs to the name, write the label in ASCII, xn--…',
  };
}

function wildcard(written: string): TextProblem {
  const base = /^\*\.([^*]+)$/.exec(written)?.[1];
  const of = base === undefined ? '' : `: ${shownText(base)}`;
  return {
    code: 'SK1403',
    message: `${shownText(written)} holds a wildcard, which means something else in every tool`,
    hint: `write oneLabel${of} for the names one label below, subdomains${of} for all below, or apexAndSubdomains${of} for the name itself too`,
  };
}

function readsAsAddress(written: string, name: string): TextProblem {
  const strict = parseAddress(name) !== undefined;
  return {
    code: 'SK1404',
    message: `${shownText(written)} reads as an address, not as a name`,
    hint: strict
      ? `write ip: ${name}`
      : 'write the whole address under ip, as four decimal numbers: 192.0.2.1',
  };
}
