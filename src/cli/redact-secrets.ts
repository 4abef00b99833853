import type { RedactLine } from '../engine/execute/redact.ts';
import { compareCodePoints } from '../model/json.ts';

/** Names of variables whose values are taken for secrets. */
const secretName = /TOKEN|SECRET|PASSWORD|PASSWD|API_KEY|CREDENTIAL/i;

/** Shorter values stand in too many innocent words. */
const shortestSecretCharacters = 8;

/** User information of a URL (RFC 3986, section 3.2.1); a password may hold an `@` that nobody escaped. */
const userInformation = /:\/\/[^\s/?#]+@/g;

/** A private key in textual encoding (RFC 7468), as far as it stands on one line. */
const keyOnOneLine =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g;
const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
const keyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
const keyBody = /^\s*[A-Za-z0-9+/=]+\s*$/;

/** An RSA key of 16384 bits has fewer lines; what begins and never ends hides no more than these. */
const longestKeyLines = 250;

const mark = '***';

/**
 * Takes secrets out of lines before they are shown, hashed or stored: user information in URLs, values of the
 * environment's variables that are named like secrets, and private keys in PEM. A key goes over many lines, among
 * which lines of other actions may stand: from its first line to its last, lines of base64 alone are hidden.
 */
export function createRedactor(environment: Readonly<Record<string, string | undefined>>): RedactLine {
  const secrets = secretsOf(environment);
  let keyLinesLeft = 0;

  function withoutKey(line: string): string {
    const begins = [...line.matchAll(keyBegin)].at(-1)?.index ?? -1;
    const ends = [...line.matchAll(keyEnd)].at(-1)?.index ?? -1;
    const isInKey = keyLinesLeft > 0;
    if (begins > ends) {
      keyLinesLeft = longestKeyLines;
    } else if (ends >= 0) {
      keyLinesLeft = 0;
    } else if (isInKey) {
      keyLinesLeft -= 1;
    }
    const text = line.replace(keyOnOneLine, mark);
    return isInKey && keyBody.test(text) ? mark : text;
  }

  return (line) => {
    let text = withoutKey(line);
    for (const secret of secrets) {
      text = text.replaceAll(secret, mark);
    }
    return text.replace(userInformation, `://${mark}@`);
  };
}

/** As they may stand in a line: line by line, as they are and as a URL holds them; long ones first, for one may be part of another. */
function secretsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !secretName.test(name)) {
      continue;
    }
    for (const line of value.split(/[\r\n]+/).map((part) => part.trim())) {
      if (line.length >= shortestSecretCharacters) {
        secrets.add(line);
        secrets.add(encodeURIComponent(line.toWellFormed()));
      }
    }
  }
  return [...secrets].sort((left, right) => right.length - left.length || compareCodePoints(left, right));
}
