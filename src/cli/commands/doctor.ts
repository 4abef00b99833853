import { builtInBuilder } from '../../adapters/builder/builder.ts';
import { type BuildEngine, createBuildEngine, openSigner, type Workspace } from '../../compose.ts';
import { resolvedImage } from '../../kinds/sandbox-image-spec/resolved-image.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { ToolRequirement } from '../../model/tool.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { readDesiredState } from '../loaded-state.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { reportDiagnostics } from '../report.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly needed: string;
  readonly neededBy: readonly string[];
  readonly remedy: string;
}

const gitRequirement: ToolRequirement = {
  command: 'git',
  versionArguments: ['--version'],
  minimum: '2.34',
  debianPackage: 'git',
  purpose: 'holds desired state and catalog',
};

export const command: Command = {
  name: 'doctor',
  summary: 'check this host: tools, versions, keys, isolation',
  argumentsText: '',
  options: {},
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: [
    'Looks at the specs of HEAD to tell which of them needs what. Exits with 1 where something is missing.',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const report = () => undefined;
      const engine = await createBuildEngine(workspace, { mirror: {}, signal: invocation.signal }, report);
      const desired = await readDesiredState(workspace, {});
      if (!desired.ok && invocation.output === 'text') {
        await reportDiagnostics(invocation, desired.diagnostics);
      }
      const resources = desired.ok ? desired.value.resources : [];
      const images = resources.filter((resource) => resource.identity.kind === 'SandboxImageSpec');
      const neededBy = new Map<string, { readonly tool: ToolRequirement; readonly images: string[] }>();
      neededBy.set('git', { tool: gitRequirement, images: [] });
      for (const image of images) {
        for (const tool of engine.imageTools(resolvedImage(image))) {
          const entry = neededBy.get(tool.command) ?? { tool, images: [] };
          entry.images.push(image.identity.name);
          neededBy.set(tool.command, entry);
        }
      }
      const checks = [
        ...(await toolChecks(engine, neededBy)),
        ...(await builderChecks(engine, images)),
        await isolationCheck(engine),
        await keyCheck(workspace),
      ];
      const missing = checks.filter((check) => !check.ok).length;
      if (invocation.output === 'json') {
        invocation.stdout(jsonText({ formatVersion: 1, missing, checks }));
      } else {
        const rows = checks.map(({ ok, what, found, needed, neededBy: by, remedy }) => [
          ok ? 'ok' : 'MISSING',
          what,
          printable(found),
          needed,
          by.length > 3 ? `${by.slice(0, 3).join(' ')} and ${by.length - 3} more` : by.join(' '),
          ok ? '' : remedy,
        ]);
        invocation.stdout(textTable([['', 'WHAT', 'FOUND', 'NEEDED', 'FOR', 'REMEDY'], ...rows]));
        invocation.stdout(missing === 0 ? 'doctor: everything is there\n' : `doctor: ${missing} missing\n`);
      }
      return missing === 0 ? exitCodes.ok : exitCodes.error;
    }),
};

async function toolChecks(
  { tools }: BuildEngine,
  neededBy: ReadonlyMap<string, { readonly tool: ToolRequirement; readonly images: readonly string[] }>,
): Promise<readonly Check[]> {
  const reports = await tools.probe([...neededBy.values()].map((entry) => entry.tool));
  return reports.map(({ requirement, satisfied, version, path }) => ({
    what: requirement.command,
    ok: satisfied,
    found: version ?? (path === undefined ? '-' : 'unknown version'),
    needed: requirement.minimum === undefined ? 'any' : `>= ${requirement.minimum}`,
    neededBy: neededBy.get(requirement.command)?.images ?? [],
    remedy: `apt-get install ${requirement.debianPackage}`,
  }));
}

/** Builders that specs name and this host has to have a command for. */
async function builderChecks(
  { findBuilder }: BuildEngine,
  images: readonly ResolvedResource[],
): Promise<readonly Check[]> {
  const namedBy = Map.groupBy(images, (image) => resolvedImage(image).builder);
  const external = [...namedBy].filter(([name]) => name !== builtInBuilder);
  return Promise.all(
    external.map(async ([name, specs]) => {
      const builder = findBuilder(name);
      const described = builder.ok ? await builder.value.describe() : builder;
      return {
        what: `builder ${name}`,
        ok: described.ok,
        found: described.ok
          ? `${described.value.program} ${described.value.version}`
          : (described.diagnostics[0]?.message ?? ''),
        needed: 'a command in host.yaml',
        neededBy: specs.map((spec) => spec.identity.name),
        remedy: described.ok ? '' : (described.diagnostics[0]?.hint ?? ''),
      };
    }),
  );
}

async function isolationCheck({ isolation }: BuildEngine): Promise<Check> {
  const checked = await isolation.check();
  return {
    what: 'isolation',
    ok: checked.ok,
    found: checked.ok ? isolation.name : (checked.diagnostics[0]?.message ?? ''),
    needed: 'root or user namespaces',
    neededBy: [],
    remedy: checked.ok ? '' : (checked.diagnostics[0]?.hint ?? ''),
  };
}

async function keyCheck({ host }: Workspace): Promise<Check> {
  const signer = await openSigner(host);
  return {
    what: 'signing key',
    ok: signer.ok,
    found: signer.ok ? signer.value.keyId : (signer.diagnostics[0]?.message ?? ''),
    needed: host.keyFile,
    neededBy: [],
    remedy: signer.ok ? '' : (signer.diagnostics[0]?.hint ?? ''),
  };
}
