import { exactEntry } from '../../tree/entry-at.ts';
import type { Tree } from '../../tree/tree.ts';

const linkLimit = 40;

/**
 * The first symbolic link on the way to a path (the path itself not counted) whose target climbs above the root of
 * the tree. The running image would stop at its root; such a link in an image is a mistake or meant for the host
 * that writes through it.
 */
export function linkThatLeaves(tree: Tree, path: string): string | undefined {
  const waiting = componentsOf(path).slice(0, -1).reverse();
  const done: string[] = [];
  let links = 0;
  let current = '';
  for (;;) {
    const component = waiting.pop();
    if (component === undefined || links > linkLimit) {
      return undefined;
    }
    if (component === '..') {
      if (done.pop() === undefined) {
        return current;
      }
      continue;
    }
    done.push(component);
    const entry = exactEntry(tree, done.join('/'));
    if (entry?.type === 'symbolic-link') {
      links++;
      current = entry.path;
      done.pop();
      if (entry.target.startsWith('/')) {
        done.length = 0;
      }
      waiting.push(...componentsOf(entry.target).reverse());
    }
  }
}

function componentsOf(path: string): string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}
