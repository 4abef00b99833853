import type { Command } from './process.ts';

/**
 * Why a command cannot be handed to the kernel at all: an empty file name, or a null byte, which may come from a spec.
 * Nothing where it can.
 */
export function startProblem({
  file,
  arguments: words,
  directory = '',
  environment = {},
}: Command): string | undefined {
  if (file === '') {
    return 'no program is named';
  }
  const texts = [file, ...words, directory, ...Object.entries(environment).flat()];
  return texts.some((text) => text.includes('\0')) ? 'an argument or variable holds a null byte' : undefined;
}
