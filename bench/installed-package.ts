import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * What npm would install, laid out in `folder`: without sources, so that the program runs what `npm run build` made.
 * Gives the path of the program.
 */
export function installPackage(folder: string): string {
  if (!existsSync(join(root, 'dist'))) {
    throw new Error('build the package first: npm run build');
  }
  for (const part of [
    'bin',
    'dist',
    'schemas',
    'specs',
    'profiles',
    'files',
    'sandkiln.yaml',
    'package.json',
  ]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin/sandkiln.js');
}
