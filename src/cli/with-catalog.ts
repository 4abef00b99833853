import type { Catalog } from '../engine/catalog/read-catalog.ts';
import type { Invocation } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { readFoundCatalog } from './find-catalog.ts';
import { failWith, withWorkspace } from './with-workspace.ts';

/** Opens the newest catalog that this clone knows, for commands that only read it. */
export async function withCatalog(
  invocation: Invocation,
  work: (catalog: Catalog) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withWorkspace(invocation, async (workspace) => {
    const catalog = await readFoundCatalog(workspace);
    return catalog.ok ? work(catalog.value) : failWith(invocation, catalog.diagnostics);
  });
}
