// node scripts/join-modules.mjs [DIST]: joins what tsc built in DIST (default: dist) into few files, DIST/joined, so that
// a command opens three files of its own where it opened a hundred. Libraries stay outside. Runs after tsc.
import { rmSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../dist'));
const joined = join(dist, 'joined');

/** What every command loads, and what making a plan loads: each with all that it imports goes into one file. */
const groups = {
  start: [
    'cli/main.js',
    'cli/commands/plan.js',
    'cli/commands/reconcile.js',
    'adapters/clock/system-clock.js',
    'adapters/git/advance-marker.js',
    'adapters/git/open-repository.js',
    'adapters/git/remotes.js',
    'adapters/host/read-host-configuration.js',
    'adapters/journal/file-system-journal.js',
    'adapters/memo/file-memo.js',
    'adapters/memo/program-fingerprint.js',
    'adapters/process/child-processes.js',
    'adapters/process/owned-name.js',
  ],
  plan: [
    'cli/fresh-plan.js',
    'kinds/allow-list/allow-list.js',
    'kinds/allow-list/allow-list-plan.js',
    'kinds/build-profile/build-profile.js',
    'kinds/network-profile/network-profile.js',
    'kinds/repository/repository.js',
    'kinds/run-profile/run-profile.js',
    'kinds/sandbox-image-spec/image-plan.js',
    'kinds/sandbox-image-spec/sandbox-image-spec.js',
  ],
};

rmSync(joined, { recursive: true, force: true });
const build = await rolldown({
  input: join(dist, 'cli/main.js'),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  logLevel: 'silent',
  plugins: [{ name: 'places', transform: (code, id) => ({ code: withPlace(code, id) }) }],
});
const { output } = await build.write({
  dir: joined,
  format: 'esm',
  minify: false,
  plugins: [{ name: 'built-in modules', renderChunk: (code) => ({ code: withoutFacades(code) }) }],
  codeSplitting: {
    includeDependenciesRecursively: true,
    groups: Object.entries(groups).map(([name, files], index) => ({
      name,
      test: (id) => files.includes(relative(dist, id).replaceAll(sep, '/')),
      priority: 2 - index,
    })),
  },
});
await build.close();
const missing = Object.keys(groups).filter((name) => !output.some((file) => file.name === name));
if (missing.length > 0) {
  throw new Error(`nothing was joined as ${missing.join(', ')}`);
}

/** A module finds files of the package from where tsc put it. */
function withPlace(code, id) {
  const place = JSON.stringify(`../${relative(dist, id).replaceAll(sep, '/')}`);
  return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
}

/**
 * An import of a built-in module looks at each of its exports, and so loads further modules that nobody asked for; Node
 * gives the same module without that.
 */
function withoutFacades(code) {
  return code.replace(
    /^import (?:([\w$]+)|\{(.+)\}|\* as ([\w$]+)) from "(node:[\w/]+)";$/gm,
    (_, whole, names, space, id) =>
      `const ${whole ?? space ?? `{${names.replaceAll(' as ', ': ')}}`} = globalThis.process.getBuiltinModule("${id}");`,
  );
}
