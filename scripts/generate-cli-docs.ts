// Writes docs/cli.md from the commands' own help, or with --check tells whether it is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { commandNames, loadCommand } from '../src/cli/commands.ts';
import { globalOptions } from '../src/cli/global-options.ts';
import { commandHelp } from '../src/cli/help.ts';

const file = new URL('../docs/cli.md', import.meta.url);

const intro = `# Command line

Written by \`npm run generate\` from the program's own help.

Data goes to stdout, everything else to stderr. Every command works from any folder of the repository. \`-C DIR\` may stand
before the command. JSON has a \`formatVersion\`. \`NO_COLOR\`, \`CI\` and \`--color\` are honoured. The last line of a plan and of a
reconcile is a summary that scripts can grep (\`plan: …\`, \`reconcile: …\`).

## Exit codes

| Code | Meaning |
| --- | --- |
| 0 | ok |
| 1 | error |
| 2 | changes present (\`plan --detailed-exitcode\`) |
| 3 | invalid spec or repository |
| 4 | held by another run: the lock of this clone, or a lease on what is to be built |
| 5 | push conflict that retries did not end |
| 6 | verification or policy failed |
| 7 | drift |
| 8 | cancelled |
| 9 | time-out |
| 10 | partly done |
`;

const sections: string[] = [];
for (const name of commandNames()) {
  const command = await loadCommand(name);
  if (command !== undefined) {
    sections.push(`\n## sandkiln ${name}\n\n\`\`\`text\n${commandHelp(command, globalOptions)}\`\`\`\n`);
  }
}
const text = intro + sections.join('');

if (process.argv.includes('--check')) {
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current !== text) {
    console.error('docs/cli.md is not up to date: npm run generate');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, text);
}
