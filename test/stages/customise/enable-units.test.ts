import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enableUnits } from '../../../src/stages/customise/enable-units.ts';
import { maskUnits } from '../../../src/stages/customise/mask-units.ts';
import type { Tree } from '../../../src/tree/tree.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { epoch, smallDebianTree } from '../../rig/small-debian-tree.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { file, link } from '../../rig/tree-builder.ts';
import { linkTarget } from '../../rig/tree-text.ts';
import { unitLinks, unitLinksOnDisk } from '../../rig/unit-links.ts';

type Units = Readonly<Record<string, string>>;

function treeWith(units: Units): Tree {
  return smallDebianTree(
    ...Object.entries(units).map(([path, text]) => file(path.replace(/^lib/, 'usr/lib'), text)),
  );
}

function enable(units: Units, ...names: readonly string[]) {
  return enableUnits(treeWith(units), names, epoch);
}

/** What the host's systemctl makes of the same files. */
function linksBySystemctl(
  units: Units,
  verb: string,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const root = temporaryFolder();
  mkdirSync(join(root, 'usr/lib'), { recursive: true });
  symlinkSync('usr/lib', join(root, 'lib'));
  for (const [path, text] of Object.entries(units)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  execFileSync('systemctl', [`--root=${root}`, verb, ...names], { stdio: 'pipe' });
  return unitLinksOnDisk(root);
}

function withInstall(...lines: readonly string[]): string {
  return ['[Unit]', 'Description=x', '[Service]', 'ExecStart=/bin/true', '[Install]', ...lines, ''].join(
    '\n',
  );
}

describe('enabling units', () => {
  const units: Units = {
    'lib/systemd/system/ssh.service': withInstall('WantedBy=multi-user.target', 'Alias=sshd.service'),
    'lib/systemd/system/net.service': withInstall(
      'WantedBy=multi-user.target',
      '# a comment',
      'Also=net.socket \\',
      '  online.service',
      'RequiredBy=a.target b.target',
    ),
    'lib/systemd/system/net.socket': '[Socket]\nListenStream=1\n[Install]\nWantedBy=sockets.target\n',
    'lib/systemd/system/online.service': withInstall(
      'WantedBy=online.target',
      'WantedBy=',
      'WantedBy=late.target',
    ),
    'lib/systemd/system/getty@.service': withInstall('WantedBy=getty.target', 'DefaultInstance=tty1'),
    'lib/systemd/system/plain@.service': withInstall('WantedBy=multi-user.target'),
    'lib/systemd/system/names@.service': withInstall(
      'WantedBy=%i.target',
      'RequiredBy=%p-%j.target',
      'Alias=other@%i.service',
    ),
    'usr/local/lib/systemd/system/local.service': withInstall('WantedBy=multi-user.target'),
    'etc/systemd/system/own.service': withInstall('WantedBy=multi-user.target', 'Alias=mine.service'),
    'etc/systemd/system/ssh2.service': withInstall('WantedBy=etc.target'),
    'lib/systemd/system/ssh2.service': withInstall('WantedBy=lib.target'),
  };

  it.each([
    [['ssh.service']],
    [['ssh']],
    [['net.service']],
    [['net', 'online.service', 'ssh']],
    [['getty@.service']],
    [['getty@tty7.service', 'getty@tty8']],
    [['plain@one']],
    [['local', 'own.service']],
    [['ssh2']],
    [['names@a-b']],
  ])('gives the links that systemctl gives: %j', (names) => {
    expect(unitLinks(expectValue(enable(units, ...names)))).toEqual(linksBySystemctl(units, 'enable', names));
  });

  it('gives the links that systemctl gives for any [Install] section', () => {
    const target = fc.constantFrom(
      'a.target',
      'b.target',
      'c.service',
      '%p-x.target',
      '%n.target',
      'd-%j.target',
    );
    const line = fc.oneof(
      fc.array(target, { maxLength: 3 }).map((names) => `WantedBy=${names.join(' ')}`),
      fc.array(target, { maxLength: 3 }).map((names) => `RequiredBy = ${names.join('  ')}`),
      fc.constantFrom(
        'Alias=one.service',
        'Alias=two.service',
        'Also=other.service',
        '; note',
        '',
        '[Other]',
        '[Install]',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const random: Units = {
          'lib/systemd/system/x-unit.service': withInstall(...lines, '[Install]', 'WantedBy=last.target'),
          'lib/systemd/system/other.service': withInstall('WantedBy=other.target'),
        };
        const ours = unitLinks(expectValue(enable(random, 'x-unit')));
        expect(ours).toEqual(linksBySystemctl(random, 'enable', ['x-unit.service']));
      }),
      { numRuns: 40 },
    );
  });

  it('changes nothing where the unit is enabled', () => {
    const once = expectValue(enable(units, 'ssh', 'net'));
    expect(expectValue(enableUnits(once, ['net', 'ssh'], epoch + 1))).toBe(once);
  });

  it('takes a link by another name of the same folder for the same', () => {
    const tree = smallDebianTree(
      file('usr/lib/systemd/system/x.service', withInstall('WantedBy=a.target')),
      link('etc/systemd/system/a.target.wants/x.service', '/usr/lib/systemd/system/x.service'),
    );
    expect(expectValue(enableUnits(tree, ['x'], epoch))).toBe(tree);
  });

  it('names what is near an unknown unit', () => {
    const result = enable(units, 'shh.service', 'nothing-like-it.timer');
    expect(expectCodes(result)).toEqual(['SK5520', 'SK5520']);
    expect(result.ok ? [] : result.diagnostics.map(({ hint }) => hint)).toEqual([
      expect.stringContaining('ssh.service'),
      expect.stringContaining('add the package'),
    ]);
  });

  it.each([
    ['no [Install] section', { 'lib/systemd/system/x.service': '[Unit]\n' }, 'SK5521'],
    [
      'an Also unit that is not there',
      { 'lib/systemd/system/x.service': withInstall('Also=y.service') },
      'SK5520',
    ],
    [
      'a target that is no unit',
      { 'lib/systemd/system/x.service': withInstall('WantedBy=../../x') },
      'SK5521',
    ],
    [
      'an alias that is a path',
      { 'lib/systemd/system/x.service': withInstall('Alias=../../x.service') },
      'SK5521',
    ],
    [
      'an instance as alias of a plain unit',
      { 'lib/systemd/system/x.service': withInstall('Alias=x@y.service') },
      'SK5521',
    ],
    ['an alias of another type', { 'lib/systemd/system/x.service': withInstall('Alias=x.socket') }, 'SK5521'],
    [
      'a specifier of a running system',
      { 'lib/systemd/system/x.service': withInstall('WantedBy=%H.target') },
      'SK5521',
    ],
    ['a file of zeros', { 'lib/systemd/system/x.service': '\0'.repeat(100) }, 'SK5521'],
    ['a masked unit', { 'lib/systemd/system/x.service': '' }, 'SK5521'],
    ['a start script', { 'etc/init.d/x': '#!/bin/sh\n' }, 'SK5521'],
  ])('refuses %s', (_, files, code) => {
    expect(expectCodes(enable(files, 'x'))).toEqual([code]);
  });

  it('refuses a template without instance, an alias, and a name that cannot be', () => {
    expect(expectCodes(enable(units, 'plain@.service'))).toEqual(['SK5521']);
    expect(expectCodes(enable(units, '../ssh'))).toEqual(['SK5520']);
    const enabled = expectValue(enable(units, 'ssh'));
    expect(expectCodes(enableUnits(enabled, ['sshd'], epoch))).toEqual(['SK5521']);
  });

  it('does not take over a link of another unit', () => {
    const tree = smallDebianTree(
      file('usr/lib/systemd/system/x.service', withInstall('Alias=y.service')),
      link('etc/systemd/system/y.service', '/lib/systemd/system/z.service'),
    );
    expect(expectCodes(enableUnits(tree, ['x'], epoch))).toEqual(['SK5521']);
  });
});

describe('masking units', () => {
  const units: Units = {
    'lib/systemd/system/ssh.service': withInstall('WantedBy=a.target'),
    'lib/systemd/system/getty@.service': withInstall('WantedBy=a.target'),
    'lib/systemd/system/apt.timer': '[Timer]\n',
  };

  it.each([[['ssh']], [['apt.timer', 'getty@tty1']]])('gives the links that systemctl gives: %j', (names) => {
    const ours = unitLinks(expectValue(maskUnits(treeWith(units), names, epoch)));
    expect(ours).toEqual(linksBySystemctl(units, 'mask', names));
  });

  it('masks what is made from a start script, and changes nothing the second time', () => {
    const once = expectValue(maskUnits(treeWith({ 'etc/init.d/old': '#!/bin/sh\n' }), ['old'], epoch));
    expect(linkTarget(once, 'etc/systemd/system/old.service')).toBe('/dev/null');
    expect(expectValue(maskUnits(once, ['old'], epoch + 1))).toBe(once);
  });

  it('masks the name that a package gives to a unit of another name', () => {
    const tree = smallDebianTree(
      file('usr/lib/systemd/system/reboot.target', 'x'),
      link('usr/lib/systemd/system/ctrl-alt-del.target', 'reboot.target'),
    );
    const masked = expectValue(maskUnits(tree, ['ctrl-alt-del.target'], epoch));
    expect(unitLinks(masked)).toEqual({ 'etc/systemd/system/ctrl-alt-del.target': '/dev/null' });
  });

  it('refuses unknown units, aliases and units whose file stands where the mask would', () => {
    const tree = smallDebianTree(
      file('usr/lib/systemd/system/ssh.service', 'x'),
      link('etc/systemd/system/sshd.service', '/lib/systemd/system/ssh.service'),
      file('etc/systemd/system/own.service', 'x'),
    );
    expect(expectCodes(maskUnits(tree, ['sssh', 'sshd', 'own'], epoch))).toEqual([
      'SK5520',
      'SK5522',
      'SK5522',
    ]);
  });
});
