import { suggest } from '../model/suggest.ts';

/** What is wrong with the options, from what `util.parseArgs` threw; `names` are those that the command takes. */
export function optionProblem(error: unknown, names: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  const option = /'(-[^' ]*)/.exec(message)?.[1] ?? '';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = suggest(option.replace(/^-+/, ''), names);
    return `there is no option ${option}${near === undefined ? '' : `; did you mean --${near}?`}`;
  }
  if (message.includes('ambiguous')) {
    const long = /'(--[^' ]*)/.exec(message)?.[1] ?? option;
    return `${long} has no value; one that starts with "-" is written ${long}=VALUE`;
  }
  return message.split('\n')[0] ?? '';
}
