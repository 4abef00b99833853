/**
 * The normalised tar: the one form of a root file system that every output is made from. A tree is its sorted
 * list of entries; the bytes of files stay where they are (in a tar on disk, or in memory) until somebody writes
 * a new tar. Changing a tree is therefore a pure function from entries to entries.
 */
export interface Tree {
  /** Sorted by the code points of `path`, parents before children, the root folder (path '') first. */
  readonly entries: readonly TreeEntry[];
}

export type TreeEntry = TreeFile | TreeFolder | TreeSymbolicLink | TreeHardLink;

export interface TreeEntryBase {
  /** Relative, without leading or trailing slash, `.` or `..`: `etc/motd`. */
  readonly path: string;
  /** Permission bits and setuid, setgid, sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since 1970, never after the source date epoch. */
  readonly modifiedAt: number;
  /** Extended attributes, such as `security.capability`. Absent means none. */
  readonly attributes?: ReadonlyMap<string, Uint8Array>;
}

export interface TreeFile extends TreeEntryBase {
  readonly type: 'file';
  readonly sizeBytes: number;
  readonly content: TreeContent;
}

export interface TreeFolder extends TreeEntryBase {
  readonly type: 'folder';
}

export interface TreeSymbolicLink extends TreeEntryBase {
  readonly type: 'symbolic-link';
  readonly target: string;
}

/** A further name of a file whose entry stands earlier in the order. */
export interface TreeHardLink extends TreeEntryBase {
  readonly type: 'hard-link';
  /** Path of the file entry. */
  readonly target: string;
}

/** Where the bytes of a file are. */
export type TreeContent =
  | { readonly at: 'file'; readonly path: string; readonly offset: number }
  | { readonly at: 'memory'; readonly bytes: Uint8Array };
