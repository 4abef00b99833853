import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostEntry, listFile } from '../../rig/allow-list-desired.ts';
import { createQuickProgram } from '../../rig/quick-images.ts';
import { canMount, fill, mountSmall } from '../../rig/small-file-system.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

test.skipIf(!canMount)('an export for which there is no room leaves the files in force as they are', () => {
  const out = temporaryFolder();
  mountSmall(out, 256);
  const program = createQuickProgram(
    listFile('lab', 'entries:', hostEntry('a.example.org', 'ports: [443]', 'protocol: tcp')),
  );
  expect(program.run('reconcile')).toMatchObject({ exitCode: 0 });
  const exported = () => program.run('allow-list', 'export', 'lab', '--to', 'squid', '--out', out);
  expect(exported()).toMatchObject({ exitCode: 0 });
  const [name = ''] = readdirSync(out);
  const before = readFileSync(join(out, name), 'utf8');

  program.repository.commit(
    'edit',
    listFile('lab', 'entries:', hostEntry('b.example.org', 'ports: [443]', 'protocol: tcp')),
  );
  expect(program.run('reconcile')).toMatchObject({ exitCode: 0 });
  const filler = fill(out);
  const refused = exported();
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/error SK9026 .*ENOSPC.*\n {2}hint: .*room/);
  expect(readdirSync(out).toSorted()).toEqual([name, 'filler'].toSorted());
  expect(readFileSync(join(out, name), 'utf8')).toBe(before);

  rmSync(filler);
  expect(exported()).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(out, name), 'utf8')).toContain('b.example.org');
});
