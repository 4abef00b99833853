import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createQuickProgram } from '../rig/quick-images.ts';
import { imageText } from '../rig/sandkiln-program.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

it('the builder in docs/builders.md builds an image', () => {
  const page = readFileSync(new URL('../../docs/builders.md', import.meta.url), 'utf8');
  const [, script = ''] = /```python\n(.*?)```/s.exec(page) ?? [];
  const [, hostYaml = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const path = join(temporaryFolder(), 'hello-builder');
  writeFileSync(path, script, { mode: 0o755 });
  const sandkiln = createQuickProgram({
    'specs/images/hello.yaml': imageText(
      'hello',
      'builder: hello',
      'packages: [clay]',
      'smokeTests: [{name: says so, file: {path: /etc/motd, contains: "packages: clay"}}]',
    ),
  });
  sandkiln.configure(hostYaml.replace('/usr/local/lib/sandkiln/hello-builder', path));
  const ended = sandkiln.run('reconcile');
  expect(ended.exitCode, ended.stderr).toBe(0);
  expect(sandkiln.run('rebuild', '--check', 'hello').stdout).toContain('is byte-identical');
});
