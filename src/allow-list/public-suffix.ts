import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/**
 * Whether strangers can register names right below this one: a public suffix of either section of the list
 * (publicsuffix.org), `co.uk` as well as `github.io`. Top-level names that the list does not know are none. Loading the
 * list takes some 60 ms, so only names that ask for it do.
 */
export function isPublicSuffix(name: string): boolean {
  const tldts: typeof import('tldts') = load('tldts');
  const { publicSuffix, isIcann, isPrivate } = tldts.parse(name, {
    allowPrivateDomains: true,
    extractHostname: false,
    detectIp: false,
    validateHostname: false,
  });
  return publicSuffix === name && (isIcann === true || isPrivate === true);
}
