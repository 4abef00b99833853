import type { ToolRequirement } from '../../../model/tool.ts';

/** What the mmdebstrap builder starts, with the versions of Debian 12 as the lowest. */
export const mmdebstrapTools: readonly ToolRequirement[] = [
  tool('mmdebstrap', '1.3.5', 'mmdebstrap', 'makes root file systems from packages'),
  tool('apt-get', '2.6', 'apt', 'resolves and fetches packages'),
  tool('dpkg-deb', '1.21', 'dpkg', 'unpacks packages'),
  tool('tar', '1.34', 'tar', 'unpacks parent trees'),
  tool('unshare', '2.38', 'util-linux', 'isolates maintainer scripts'),
  tool('gpgv', '2.2', 'gpgv', 'checks the signatures of package indexes'),
];

function tool(command: string, minimum: string, debianPackage: string, purpose: string): ToolRequirement {
  return { command, versionArguments: ['--version'], minimum, debianPackage, purpose };
}
