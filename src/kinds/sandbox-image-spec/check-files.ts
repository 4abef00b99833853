import type { CheckContext } from '../../engine/kind.ts';
import { findDuplicates, type ImageFinding } from './image-finding.ts';
import type { SandboxImageSpec } from './schema.ts';

type ImageFile = NonNullable<SandboxImageSpec['files']>[number];

/**
 * Files of an image: one of content and source (SK1204), sources that are regular files inside the repository (SK1205,
 * SK1206, SK1207), no path twice (SK1208).
 */
export function checkFiles(spec: SandboxImageSpec, context: CheckContext): readonly ImageFinding[] {
  const files = spec.files ?? [];
  return [
    ...files.flatMap((file, index) => checkFile(file, `/files/${index}`, context)),
    ...findDuplicates(
      files,
      (file) => file.path,
      (path) => `the file ${path}`,
      (index) => `/files/${index}/path`,
    ),
  ];
}

function checkFile(file: ImageFile, pointer: string, context: CheckContext): readonly ImageFinding[] {
  if ((file.content === undefined) === (file.source === undefined)) {
    const both = file.content !== undefined;
    return [
      {
        code: 'SK1204',
        pointer: both ? `${pointer}/source` : `${pointer}/path`,
        message: `the file ${file.path} has ${both ? 'both content and source' : 'neither content nor source'}`,
        hint: 'write content for a short text, or source for a file of the repository',
      },
    ];
  }
  return file.source === undefined ? [] : checkSource(file.source, `${pointer}/source`, context);
}

function checkSource(source: string, pointer: string, context: CheckContext): readonly ImageFinding[] {
  const steps = source.split('/');
  if (source.startsWith('/') || steps.some((step) => step === '' || step === '.' || step === '..')) {
    return [
      {
        code: 'SK1205',
        pointer,
        message: `the source ${JSON.stringify(source)} is not a path inside the repository`,
        hint: 'write the path from the root of the repository, without . and .. parts: files/agent',
      },
    ];
  }
  for (let length = 1; length <= steps.length; length += 1) {
    const path = steps.slice(0, length).join('/');
    const mode = context.file(path)?.mode;
    const whole = length === steps.length;
    if (mode === '120000' || mode === '160000') {
      return [notRegular(source, pointer, path, mode === '120000' ? 'a symbolic link' : 'a submodule')];
    }
    if (mode !== undefined && whole) {
      return [];
    }
  }
  return [
    {
      code: 'SK1206',
      pointer,
      message: `the source ${JSON.stringify(source)} is no file of the repository`,
      hint: 'correct the path; a file must be committed, or read with --worktree; a folder must be named file by file',
    },
  ];
}

function notRegular(source: string, pointer: string, path: string, what: string): ImageFinding {
  return {
    code: 'SK1207',
    pointer,
    message: `the source ${JSON.stringify(source)} ${path === source ? 'is' : `goes through ${path}, which is`} ${what}`,
    hint: 'name the regular file itself',
  };
}
