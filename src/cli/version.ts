import { readFileSync } from 'node:fs';

/** The version of this package, as package.json beside src/ or dist/ says. */
export function engineVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
