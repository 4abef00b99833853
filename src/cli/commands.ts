import type { Command } from './command.ts';

/** Loaded one at a time, so that a command pays for nothing that it does not use. */
const loaders: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  init: () => import('./commands/init.ts'),
  doctor: () => import('./commands/doctor.ts'),
  keys: () => import('./commands/keys.ts'),
  validate: () => import('./commands/validate.ts'),
  plan: () => import('./commands/plan.ts'),
  build: () => import('./commands/build.ts'),
  record: () => import('./commands/record.ts'),
  reconcile: () => import('./commands/reconcile.ts'),
  verify: () => import('./commands/verify.ts'),
  status: () => import('./commands/status.ts'),
  get: () => import('./commands/get.ts'),
  pull: () => import('./commands/pull.ts'),
  history: () => import('./commands/history.ts'),
  logs: () => import('./commands/logs.ts'),
  explain: () => import('./commands/explain.ts'),
  graph: () => import('./commands/graph.ts'),
  unlock: () => import('./commands/unlock.ts'),
  'allow-list': () => import('./commands/allow-list.ts'),
  hold: () => import('./commands/hold.ts'),
  resume: () => import('./commands/resume.ts'),
  'allow-empty': () => import('./commands/allow-empty.ts'),
  countersign: () => import('./commands/countersign.ts'),
  rebuild: () => import('./commands/rebuild.ts'),
};

export function commandNames(): readonly string[] {
  return Object.keys(loaders);
}

/** Nothing where there is no such command. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  return load === undefined ? undefined : (await load()).command;
}
