import type { Mirror } from '../builder.ts';
import type { AptSource } from './apt-sources.ts';

const debian = 'http://deb.debian.org/debian';
const debianSecurity = 'http://deb.debian.org/debian-security';

/** Base addresses of the mirrors of one download. */
export interface MirrorUrls {
  readonly url: string;
  readonly securityUrl: string;
}

/** The mirror that the repository names, else the host's own for the suites, else Debian's. */
export function mirrorUrls(
  mirror: Mirror,
  suites: readonly string[],
  sources: readonly AptSource[],
): MirrorUrls {
  const hostUrl = (security: boolean): string | undefined => {
    const wanted = suites.filter((suite) => isSecuritySuite(suite) === security);
    return sources.find(
      ({ url, suite, components }) =>
        /^https?:\/\/[^\s[\]"]+$/.test(url) && wanted.includes(suite) && components.includes('main'),
    )?.url;
  };
  return {
    url: trimmed(mirror.url) ?? hostUrl(false) ?? debian,
    securityUrl: trimmed(mirror.securityUrl) ?? hostUrl(true) ?? debianSecurity,
  };
}

/** Whether a suite stands in the security archive, which has a base address of its own. */
export function isSecuritySuite(suite: string): boolean {
  return suite.endsWith('-security');
}

function trimmed(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, '');
}
