/** An AllowList that allows these hosts. */
export function allowListText(name: string, ...hosts: readonly string[]): string {
  const entries = hosts.map((host) => `    - {match: {host: ${host}}, reason: a test}\n`).join('');
  return `apiVersion: sandkiln/v1\nkind: AllowList\nmetadata: {name: ${name}}\nspec:\n  entries:\n${entries}`;
}
