import type { Files } from './desired-files.ts';

/** An image spec as YAML; lines of `spec` are given without indentation. */
export function imageText(name: string, ...spec: readonly string[]): string {
  return documentText('SandboxImageSpec', name, ...spec);
}

export function documentText(kind: string, name: string, ...spec: readonly string[]): string {
  const lines =
    spec.length === 0
      ? ['spec: {}']
      : ['spec:', ...spec.flatMap((part) => part.split('\n')).map((line) => `  ${line}`)];
  return ['apiVersion: sandkiln/v1', `kind: ${kind}`, `metadata: {name: ${name}}`, ...lines, ''].join('\n');
}

export const osLine = 'os: {distribution: debian, release: bookworm, architecture: amd64}';

/** A repository with one image, whose spec has what every image needs and the given lines. */
export function oneImage(...spec: readonly string[]): Files {
  return { 'specs/images/a.yaml': imageText('a', 'version: 1.0.0', osLine, ...spec) };
}
