import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/cli/redact-secrets.ts';

const plain = createRedactor({});

describe('user information in URLs', () => {
  it.each([
    ['GET https://ada:hunter2@mirror.example.org/debian', 'GET https://***@mirror.example.org/debian'],
    ['from http://token@host.example/ and ftp://a:b@c/', 'from http://***@host.example/ and ftp://***@c/'],
    ['https://ada:p@ss@host.example/', 'https://***@host.example/'],
  ])('%s', (line, redacted) => expect(plain(line)).toBe(redacted));

  it.each([
    'https://host.example/path/@scope',
    'mail ada@example.org',
    'see http://a.example/?to=a@b.example',
  ])('leaves %s as it is', (line) => expect(plain(line)).toBe(line));
});

describe('variables that are named like secrets', () => {
  it.each(['GITHUB_TOKEN', 'client_secret', 'DB_PASSWORD', 'SMTP_PASSWD', 'MY_API_KEY', 'AWS_CREDENTIALS'])(
    'the value of %s is taken out wherever it stands',
    (name) => {
      const redact = createRedactor({ [name]: 'correct horse' });
      expect(redact('a correct horse, twice: correct horse')).toBe('a ***, twice: ***');
    },
  );

  it('a short value and a variable with another name stay', () => {
    expect(createRedactor({ TOKEN: 'seven77', EDITOR: 'long enough' })('seven77 long enough')).toBe(
      'seven77 long enough',
    );
  });

  it('a value is found line by line and as a URL holds it', () => {
    const redact = createRedactor({ TOKEN: 'first line+one\nsecond/line' });
    expect(redact('first line+one')).toBe('***');
    expect(redact('x=second/line')).toBe('x=***');
    expect(redact('x=first%20line%2Bone')).toBe('x=***');
  });

  it('no line shows a secret, whichever other one is part of it', () => {
    const word = fc.string({ minLength: 8, maxLength: 12, unit: fc.constantFrom('a', 'b', '$') });
    fc.assert(
      fc.property(word, fc.string(), word, (short, between, long) => {
        const redact = createRedactor({ A_TOKEN: short, B_TOKEN: `${short}${long}` });
        expect(redact(`x ${short}${long} ${between} ${short}`)).not.toContain(short);
      }),
    );
  });
});

describe('private keys', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();

  it('nothing of a key is left, and what stands around it is', () => {
    const lines = ['before', ...pem.split('\n'), 'after'].map(createRedactor({}));
    expect(lines.at(0)).toBe('before');
    expect(lines.at(-1)).toBe('after');
    expect(new Set(lines.slice(1, -2))).toEqual(new Set(['***']));
  });

  it('lines of other actions among those of the key are shown', () => {
    const redact = createRedactor({});
    expect(
      ['-----BEGIN OPENSSH PRIVATE KEY-----', 'Setting up curl (7.88.1-10)', 'b3BlbnNzaC1rZXk='].map(redact),
    ).toEqual(['***', 'Setting up curl (7.88.1-10)', '***']);
  });

  it('a key on one line goes too, and the next line is shown', () => {
    const redact = createRedactor({});
    expect(redact(`key: ${pem.replaceAll('\n', '\\n')} end`)).toBe('key: *** end');
    expect(redact('word')).toBe('word');
  });

  it('a key that never ends does not hide everything after it', () => {
    const redact = createRedactor({});
    redact('-----BEGIN PRIVATE KEY-----');
    const shown = Array.from({ length: 300 }, () => redact('word'));
    expect(shown.at(-1)).toBe('word');
  });

  it('a public key is shown', () => {
    const lines = ['-----BEGIN PUBLIC KEY-----', 'MCowBQYDK2VwAyEA', '-----END PUBLIC KEY-----'];
    expect(lines.map(createRedactor({}))).toEqual(lines);
  });
});
