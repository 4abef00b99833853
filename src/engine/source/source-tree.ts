import type { CommitId } from '../../adapters/git/git.ts';
import type { Digest } from '../../model/digest.ts';
import type { Result } from '../../model/result.ts';

/** A file of the repository as git lists it. */
export interface SourceFile {
  /** Slash-separated, from the root of the repository. */
  readonly path: string;
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule). */
  readonly mode: string;
  readonly sizeBytes: number;
  /**
   * Equal ids mean equal bytes: the blob's object name, or for a file of a work tree `worktree:` and what `lstat`
   * says of it.
   */
  readonly id: string;
}

/** A file that a spec names, with what its content is bound by. */
export interface NamedFile extends SourceFile {
  /** SHA-256 over the bytes. */
  readonly digest: Digest;
  bytes(): Promise<Result<Uint8Array>>;
}

/** The desired state's files at one commit, or in a work tree with edits that no commit holds. */
export interface SourceTree {
  /** Null for a work tree. */
  readonly commit: CommitId | null;
  /**
   * `sandkiln.yaml` and every regular file below specs/, profiles/, decisions/ and trust/, sorted by path in
   * code-point order. Symbolic links and submodules are no part of it; loading a tree that has some there fails.
   */
  readonly files: readonly SourceFile[];
  /** The bytes of one file. Fails where there is no such file (SK2035), or it is larger than the limit (SK2031). */
  read(path: string, limitBytes: number): Promise<Result<Uint8Array>>;
  /**
   * What git lists at any path of the repository outside catalog/; nothing for a folder. Answers at once, without
   * reading content.
   */
  fileAt(path: string): SourceFile | undefined;
  /**
   * A file that a spec names (`files[].source`). The path must be relative, stay inside the repository and outside
   * catalog/, and neither be nor pass through a symbolic link or a submodule (SK2034); it must be there (SK2035) and
   * not beyond the limit (SK2031).
   */
  sourceFile(path: string, limitBytes: number): Promise<Result<NamedFile>>;
  /** Regular files below a folder that a spec names, sorted by path; the same rules as for one file. */
  filesBelow(folder: string): Result<readonly SourceFile[]>;
}

/** Largest YAML document that is read. */
export const documentLimitBytes = 256 * 1024;
