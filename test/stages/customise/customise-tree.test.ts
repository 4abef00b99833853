import { describe, expect, it } from 'vitest';
import { type CustomiseFields, customiseInput } from '../../../src/stages/customise/customise-input.ts';
import { customiseTree } from '../../../src/stages/customise/customise-tree.ts';
import { exactEntry } from '../../../src/tree/entry-at.ts';
import type { Tree } from '../../../src/tree/tree.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { epoch, smallDebianTree } from '../../rig/small-debian-tree.ts';
import { file, link } from '../../rig/tree-builder.ts';
import { changedPaths, linkTarget, textOf } from '../../rig/tree-text.ts';

const units = 'usr/lib/systemd/system';
const nothing: CustomiseFields = {
  version: '1.2.0',
  users: [],
  files: [],
  services: {},
  hardening: {},
  network: { layout: 'none' },
};

function customise(tree: Tree, fields: Partial<CustomiseFields> = {}, name = 'lab') {
  const input = customiseInput(name, { ...nothing, ...fields }, new Map());
  return customiseTree(tree, input, { blobs: new Map(), sourceDateEpoch: epoch });
}

const sshServer = [
  file('usr/sbin/sshd', 'x'),
  file('usr/bin/ssh-keygen', 'x'),
  file(`${units}/ssh.service`, '[Install]\nWantedBy=multi-user.target\n'),
];

const networkd = [
  file('usr/lib/systemd/systemd-networkd', 'x'),
  file(`${units}/systemd-networkd.service`, '[Install]\nWantedBy=multi-user.target\n'),
];

describe('the identity of an image', () => {
  it('is its name and spec version, and nothing of a build', () => {
    const tree = expectValue(customise(smallDebianTree(file('etc/machine-id', '0123\n'))));
    expect(textOf(tree, 'etc/hostname')).toBe('lab\n');
    expect(textOf(tree, 'etc/hosts')).toContain('127.0.1.1 lab\n');
    expect(textOf(tree, 'etc/machine-id')).toBe('');
    expect(textOf(tree, 'etc/os-release')).toBe(
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nIMAGE_ID=lab\nIMAGE_VERSION="1.2.0"\n',
    );
  });

  it('changes nothing more than that for a spec that declares nothing', () => {
    const before = smallDebianTree();
    expect(changedPaths(before, expectValue(customise(before)))).toEqual([
      'etc/fstab',
      'etc/hostname',
      'etc/hosts',
      'etc/machine-id',
      'usr/lib/os-release',
    ]);
  });

  it('is that of the child on top of a parent', () => {
    const parent = expectValue(customise(smallDebianTree(), {}, 'base'));
    const child = expectValue(customise(parent, { version: '2' }));
    expect(textOf(child, 'etc/hosts')).toContain('127.0.1.1 lab\n');
    expect(textOf(child, 'usr/lib/os-release').match(/IMAGE_ID=.*/g)).toEqual(['IMAGE_ID=lab']);
  });

  it('gives way to declared files, also of the parent', () => {
    const files = [
      { path: '/etc/hosts', content: 'mine\n' },
      { path: '/etc/fstab', content: 'mine\n' },
    ];
    const parent = expectValue(customise(smallDebianTree(), { files }));
    expect(textOf(parent, 'etc/hosts')).toBe('mine\n');
    const child = expectValue(customise(parent));
    expect(textOf(child, 'etc/hosts')).toBe('mine\n');
    expect(textOf(child, 'etc/fstab')).toBe('mine\n');
    expect(expectCodes(customise(parent, { hardening: { mountOptions: { '/tmp': ['nodev'] } } }))).toEqual([
      'SK5513',
    ]);
  });

  it('is the same the second time', () => {
    const fields: Partial<CustomiseFields> = {
      users: [{ name: 'analyst' }],
      files: [{ path: '/etc/motd', content: 'x' }],
      hardening: { lockRoot: true, sysctl: { 'a.b': '1' }, mountOptions: { '/tmp': ['nodev'] } },
      network: { layout: 'isolated' },
    };
    const once = expectValue(customise(smallDebianTree(...sshServer, ...networkd), fields));
    expect(expectValue(customise(once, fields)).entries).toEqual(once.entries);
  });

  it('has no time after the epoch', () => {
    const tree = expectValue(customise(smallDebianTree(file('late', '', { modifiedAt: epoch + 5 }))));
    expect(Math.max(...tree.entries.map(({ modifiedAt }) => modifiedAt))).toBe(epoch);
  });
});

describe('hardening', () => {
  it('locks root', () => {
    const tree = expectValue(customise(smallDebianTree(), { hardening: { lockRoot: true } }));
    expect(textOf(tree, 'etc/shadow')).toMatch(/^root:!\*:20000:/);
    expect(textOf(tree, 'etc/passwd')).toMatch(/^root:x:0:0:root:\/root:\/usr\/sbin\/nologin$/m);
    expect(exactEntry(tree, 'etc/shadow')).toMatchObject({ mode: 0o640, gid: 42 });
  });

  it('writes kernel settings sorted, those of the parent kept', () => {
    const parent = expectValue(
      customise(smallDebianTree(), { hardening: { sysctl: { 'vm.a': '1', 'kernel.b': '1 2' } } }),
    );
    const child = expectValue(customise(parent, { hardening: { sysctl: { 'vm.a': '3', 'net/x': 'y' } } }));
    expect(textOf(child, 'etc/sysctl.d/90-sandkiln.conf')).toBe('kernel.b = 1 2\nnet/x = y\nvm.a = 3\n');
  });

  it('writes mount options, those of the parent kept', () => {
    const parent = expectValue(
      customise(smallDebianTree(file('etc/fstab', '# UNCONFIGURED FSTAB FOR BASE SYSTEM\n')), {
        hardening: {
          mountOptions: { '/': ['noatime'], '/tmp': ['nosuid', 'nodev'], '/dev/shm': ['mode=1770'] },
        },
      }),
    );
    const child = expectValue(customise(parent, { hardening: { mountOptions: { '/tmp': ['noexec'] } } }));
    expect(textOf(child, 'etc/fstab').split('\n').slice(1)).toEqual([
      'LABEL=sandkiln-root / ext4 errors=remount-ro,noatime 0 1',
      'tmpfs /dev/shm tmpfs mode=1770 0 0',
      'tmpfs /tmp tmpfs mode=1777,noexec 0 0',
      '',
    ]);
  });

  it('is refused where nothing would act on it', () => {
    const entries = smallDebianTree().entries.filter(({ path }) => path !== 'usr/lib/systemd/systemd');
    const hardening = { sysctl: { 'a.b': '1' }, mountOptions: { '/tmp': ['nodev'] } } as const;
    expect(expectCodes(customise({ entries }, { hardening }))).toEqual(['SK5514', 'SK5514']);
  });

  it('is refused where another part of the spec undoes it', () => {
    const codes = expectCodes(
      customise(smallDebianTree(), {
        hardening: {
          lockRoot: true,
          sysctl: { 'a.b': '1' },
          mountOptions: { '/': ['noatime'] },
          disableServices: ['x'],
        },
        services: { enable: ['x.service'] },
        files: ['/etc/shadow', '/etc/sysctl.d/90-sandkiln.conf', '/etc/fstab'].map((path) => ({
          path,
          content: '',
        })),
      }),
    );
    expect(codes).toEqual(['SK5513', 'SK5513', 'SK5513', 'SK5513']);
  });
});

describe('parts of a spec together', () => {
  it('let declared users own files and declared units be enabled or masked', () => {
    const tree = expectValue(
      customise(smallDebianTree(...sshServer), {
        users: [{ name: 'analyst' }],
        files: [
          {
            path: '/home/analyst/.ssh/authorized_keys',
            content: 'key\n',
            owner: 'analyst:analyst',
            mode: '0600',
          },
          { path: '/etc/systemd/system/own.service', content: '[Install]\nWantedBy=a.target\n' },
        ],
        services: { enable: ['own'] },
        hardening: { disableServices: ['ssh'] },
      }),
    );
    expect(exactEntry(tree, 'home/analyst/.ssh/authorized_keys')).toMatchObject({ uid: 1000, mode: 0o600 });
    expect(linkTarget(tree, 'etc/systemd/system/a.target.wants/own.service')).toBe(
      '/etc/systemd/system/own.service',
    );
    expect(linkTarget(tree, 'etc/systemd/system/ssh.service')).toBe('/dev/null');
  });
});

describe('an SSH server', () => {
  const wants = 'etc/systemd/system/ssh.service.wants/sandkiln-ssh-host-keys.service';

  it('gets a unit that makes its keys before it starts', () => {
    const tree = expectValue(customise(smallDebianTree(...sshServer)));
    const target = linkTarget(tree, wants) ?? '';
    expect(textOf(tree, target)).toContain('ExecStart=/usr/bin/ssh-keygen -A\n');
  });

  it('gets none where a key is declared, and none where there is no server', () => {
    const files = [{ path: '/etc/ssh/ssh_host_ed25519_key', content: 'key', mode: '0600' }];
    expect(
      linkTarget(expectValue(customise(smallDebianTree(...sshServer), { files })), wants),
    ).toBeUndefined();
    expect(linkTarget(expectValue(customise(smallDebianTree())), wants)).toBeUndefined();
  });
});

describe('the network', () => {
  const path = 'etc/systemd/network/20-sandkiln.network';
  const isolated = { network: { layout: 'isolated' } } as const;

  it('is configured where there is a card and systemd-networkd', () => {
    const tree = expectValue(customise(smallDebianTree(...networkd), isolated));
    expect(textOf(tree, path)).toContain('DHCP=yes');
    expect(
      linkTarget(tree, 'etc/systemd/system/multi-user.target.wants/systemd-networkd.service'),
    ).toBeDefined();
  });

  it.each([
    ['no card', networkd, { network: { layout: 'none' } }],
    ['no systemd-networkd', [], isolated],
    ['a configuration of a package', [...networkd, file('etc/systemd/network/10-x.network')], isolated],
    [
      'a declared configuration',
      networkd,
      { ...isolated, files: [{ path: '/etc/systemd/network/x.network', content: '' }] },
    ],
    ['NetworkManager', [...networkd, file('usr/sbin/NetworkManager')], isolated],
    [
      'networkd masked below',
      [...networkd, link('etc/systemd/system/systemd-networkd.service', '/dev/null')],
      isolated,
    ],
  ] as const)('is left alone with %s', (_, entries, fields) => {
    expect(exactEntry(expectValue(customise(smallDebianTree(...entries), fields)), path)).toBeUndefined();
  });
});
