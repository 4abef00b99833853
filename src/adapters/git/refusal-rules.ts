import type { DiagnosticCode } from '../../model/diagnostic.ts';

/** One known kind of answer. */
export type RefusalRule =
  | { readonly kind: 'raced'; readonly pattern: RegExp }
  | {
      readonly kind: 'transient' | 'stalled';
      readonly pattern: RegExp;
      readonly code: DiagnosticCode;
      readonly cause: string;
      readonly hint: string;
    };

/** What is known of answers, in the order in which it is tried. */
export const refusalRules: readonly RefusalRule[] = [
  {
    // Before the rules on permissions: forges answer 403 to callers that come too often.
    kind: 'transient',
    pattern: /rate limit|rate-limited|too many requests|error: 429|Retry later/i,
    code: 'SK2103',
    cause: 'the remote asks for a pause',
    hint: 'try again later',
  },
  {
    kind: 'stalled',
    pattern: /'refs\/[^']+' exists; cannot create/,
    code: 'SK2114',
    cause: 'a branch of another name is in the way',
    hint: 'name another branch: one cannot be the folder of the other',
  },
  {
    kind: 'stalled',
    pattern: /deny updating a hidden ref|funny refname|ref is hidden/i,
    code: 'SK2118',
    cause: 'the remote takes no refs of this name',
    hint: 'let the remote take refs/sandkiln/ (receive.hideRefs, transfer.hideRefs), or run with --no-lease',
  },
  {
    kind: 'stalled',
    pattern:
      /GH013|GH007|GH009|repository rule violations|email privacy restrictions|push protection|push cannot contain secrets|push rules?\b|does not follow the (?:pattern|push rule)|commit (?:must be signed|is not signed)|is not a member of team|committer .* (?:is not|cannot)/i,
    code: 'SK2106',
    cause: 'a rule set or push rule forbids it',
    hint: 'let the engine bypass the rule for <branch>, propose the records with --pull-request, or give the catalog a branch of its own (catalog.branch)',
  },
  {
    kind: 'stalled',
    pattern:
      /GH006|protected (?:branch|ref)|not allowed to (?:force )?push (?:code )?to (?:a )?protected|branch \S* ?is protected|pushes? to (?:this|the) branch (?:is|are) not (?:allowed|permitted)|TF402455|can only be modified through pull requests|Permission denied to update branch/i,
    code: 'SK2105',
    cause: 'the branch is protected',
    hint: "allow the engine's account to push to <branch>, propose the records with --pull-request, or give the catalog a branch of its own (catalog.branch)",
  },
  {
    kind: 'stalled',
    pattern: /without `?workflows?`? (?:permission|scope)|refusing to allow/i,
    code: 'SK2108',
    cause: 'the account may not change these files',
    hint: "give the engine's token the permission that the remote names",
  },
  {
    kind: 'stalled',
    pattern:
      /GH001|error: 413|exceed(?:s|ed)? .*(?:file size limit|maximum|quota|size limit)|quota exceeded|over (?:its |the )?(?:size )?quota|repository size limit|pack exceeds maximum|No space left on device|Disk quota/i,
    code: 'SK2109',
    cause: 'a size limit or quota is reached',
    hint: 'free space at the remote or raise its limit',
  },
  {
    kind: 'stalled',
    pattern: /shallow update not allowed/i,
    code: 'SK2009',
    cause: 'this is a shallow clone',
    hint: 'fetch the whole history first: git fetch --unshallow',
  },
  {
    kind: 'stalled',
    pattern: /transport '.*' not allowed|Protocol ".*" (?:not supported|disabled)/i,
    code: 'SK2102',
    cause: 'its transport is not allowed',
    hint: 'use a path, ssh:// or https://; http:// only to this machine',
  },
  {
    kind: 'stalled',
    pattern: /detected dubious ownership/i,
    code: 'SK2002',
    cause: 'the remote repository belongs to another user',
    hint: 'make the remote repository owned by the user who runs this, or reach it by ssh',
  },
  {
    kind: 'stalled',
    pattern:
      /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|certificate (?:problem|verif)|SSL certificate/i,
    code: 'SK2116',
    cause: 'the remote could not be recognised',
    hint: 'check the host key or certificate, then add it to known_hosts or the trusted certificates',
  },
  {
    kind: 'stalled',
    pattern:
      /Permission (?:to .+ )?denied|Permission denied|access denied|Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|invalid (?:username|credentials)|requested URL returned error: 40[13]|insufficient permission|unable to create temporary object directory|read[- ]only|not authorized|write access to repository not granted|key you are authenticating with has been marked as read only|deploy key|not allowed to push code to this project|archived|read-only GitLab|TF401027|: Unauthorized|account is suspended/i,
    code: 'SK2108',
    cause: 'permission is missing',
    hint: 'check that key or token of the engine may write to the remote; no password is ever asked for',
  },
  {
    kind: 'stalled',
    pattern:
      /repository .*(?:not found|does not exist)|project you were looking for could not be found|does not appear to be a git repository|requested URL returned error: 404|Repository not found/i,
    code: 'SK2101',
    cause: 'there is no such repository, or it is hidden from this account',
    hint: 'check the address with "git remote -v" and the rights of the account',
  },
  {
    kind: 'raced',
    pattern:
      /stale info|non-fast-forward|fetch first|incorrect old value provided|cannot lock ref|failed to update ref|reference already exists|reference does not point to expected object|base branch was modified|returned error: 409|remote ref updated since checkout|failed to lock|updating references failed/i,
  },
  {
    kind: 'stalled',
    pattern: /pre-receive hook declined|update hook declined|hook declined|reference-transaction hook/i,
    code: 'SK2107',
    cause: 'a hook of the remote declined it',
    hint: "the text above is the hook's own; change what it asks for, or ask the remote's owner",
  },
  {
    kind: 'stalled',
    pattern:
      /denying (?:updating|deleting)|denying ref deletion|deletion of the current branch|refusing to update checked out branch|branch is currently checked out/i,
    code: 'SK2105',
    cause: 'the branch is checked out at the remote, or must not be deleted there',
    hint: 'push to a bare repository, or check another branch out there',
  },
  {
    kind: 'transient',
    pattern:
      /requested URL returned error: (?:5\d\d|408)|HTTP 5\d\d|internal server error|service unavailable|internal error|fatal error in commit_refs|currently unable to handle this request|Gitaly, is not available|Internal API (?:error|unreachable)|failed to connect to internal|repository is (?:locked|being migrated)|under maintenance/i,
    code: 'SK2103',
    cause: 'the remote is not able to answer now',
    hint: 'try again later',
  },
  {
    kind: 'transient',
    pattern:
      /remote end hung up|early EOF|unexpected disconnect|Connection (?:reset|closed|refused|timed out)|connection lost|Could not resolve host|Name or service not known|Temporary failure in name resolution|Network is unreachable|No route to host|Broken pipe|RPC failed|Operation timed out|Failed to connect|gnutls_handshake|SSL_ERROR_SYSCALL|Empty reply|kex_exchange_identification|ssh_exchange_identification|eof before pack header|unexpected EOF|not properly terminated|TLS connection was non-properly terminated|was not closed cleanly|Software caused connection abort|SSL_read|curl (?:18|28|35|52|55|56|92)\b|Transferred a partial file/i,
    code: 'SK2103',
    cause: 'the connection was lost or not made',
    hint: 'check the network and the remote, then try again',
  },
];
