import { type Result, success } from '../../../model/result.ts';
import { fileAt, readContent, readText } from '../../../tree/read-text.ts';
import type { Tree } from '../../../tree/tree.ts';
import { runtimeProblem } from './runtime-problem.ts';

const indexLimitBytes = 8 * 1024 * 1024;
const moduleLimitBytes = 16 * 1024 * 1024;

export interface KernelModule {
  /** `virtio_blk.ko` */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * The modules that a kernel needs for something, each after those that it depends on, as modules.dep of the tree
 * says (kmod's modules.dep(5)). What is built into the kernel needs none. SK6009 where one is missing.
 */
export function kernelModules(
  tree: Tree,
  version: string,
  wanted: readonly string[],
): Result<readonly KernelModule[]> {
  const folder = `lib/modules/${version}`;
  const dependencyText = readText(tree, `${folder}/modules.dep`, indexLimitBytes);
  if (dependencyText === undefined) {
    return missing(`the image has no ${folder}/modules.dep`);
  }
  const builtIn = new Set(
    (readText(tree, `${folder}/modules.builtin`, indexLimitBytes) ?? '').split('\n').map(moduleName),
  );
  const dependencies = new Map<string, readonly string[]>();
  const pathByName = new Map<string, string>();
  for (const line of dependencyText.split('\n')) {
    const [path, needs] = line.split(':', 2);
    if (path !== undefined && needs !== undefined) {
      dependencies.set(
        path,
        needs.split(' ').filter((need) => need !== ''),
      );
      pathByName.set(moduleName(path), path);
    }
  }

  const paths = new Set<string>();
  for (const name of wanted) {
    const path = pathByName.get(name);
    if (path !== undefined) {
      // The line of a module names all that it needs, the nearest first.
      for (const need of [...(dependencies.get(path) ?? [])].reverse()) {
        paths.add(need);
      }
      paths.add(path);
    } else if (!builtIn.has(name)) {
      return missing(`the kernel ${version} of the image has no module ${name}`);
    }
  }
  const modules: KernelModule[] = [];
  for (const path of paths) {
    const file = fileAt(tree, `${folder}/${path}`);
    if (file === undefined || file.sizeBytes > moduleLimitBytes || !path.endsWith('.ko')) {
      return missing(`the module ${path} of the kernel ${version} is missing, compressed or too large`);
    }
    modules.push({ file: `${moduleName(path)}.ko`, bytes: readContent(file) });
  }
  return success(modules);
}

/** `kernel/drivers/char/hw_random/virtio-rng.ko` → `virtio_rng`: the kernel takes both characters for one. */
function moduleName(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.ko(?:\.[a-z]+)?$/, '')
    .replaceAll('-', '_');
}

function missing(message: string): Result<never> {
  return runtimeProblem(
    'SK6009',
    message,
    'install a whole Debian kernel package in the image, or use tier 2 instead of tier 1',
  );
}
