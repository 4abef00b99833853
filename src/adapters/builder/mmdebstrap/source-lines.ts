import type { PackageRequest } from '../../../model/package-lock.ts';
import { isSecuritySuite, type MirrorUrls } from './mirrors.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The sources.list of a private apt: the suites of a request on their mirrors, Debian's signature required. */
export function signedSourceLines(request: PackageRequest, mirrors: MirrorUrls): string {
  return request.suites
    .map(({ suite, components, security }) => {
      const url = security ? mirrors.securityUrl : mirrors.url;
      return `deb [arch=${request.architecture} signed-by=${keyring}] ${url} ${suite} ${components.join(' ')}\n`;
    })
    .join('');
}

/**
 * The sources.list inside an image: Debian's own addresses, whatever mirror it was built from, because the mirror
 * must not decide bytes.
 */
export function imageSourceLines(
  indexes: readonly { readonly suite: string; readonly component: string }[],
): string {
  const suites = [...new Set(indexes.map(({ suite }) => suite))];
  return suites
    .map((suite) => {
      const components = indexes.filter((index) => index.suite === suite).map(({ component }) => component);
      const url = isSecuritySuite(suite)
        ? 'http://security.debian.org/debian-security'
        : 'http://deb.debian.org/debian';
      return `deb ${url} ${suite} ${components.join(' ')}\n`;
    })
    .join('');
}
