import { expect, it } from 'vitest';
import { terminalWidth } from '../../src/cli/terminal-width.ts';

it.each([
  ['the terminal knows best', { COLUMNS: '90' }, { columns: 133 }, 133],
  ['a pipe has the width that COLUMNS tells', { COLUMNS: '90' }, { columns: 0 }, 90],
  ['a pipe has a width where nothing tells', {}, { columns: 0 }, 100],
  ['nonsense tells nothing', { COLUMNS: 'wide' }, { columns: 0 }, 100],
  ['names need some room', {}, { columns: 3 }, 40],
])('%s', (_what, environment, terminal, width) => {
  expect(terminalWidth(environment, terminal)).toBe(width);
});
