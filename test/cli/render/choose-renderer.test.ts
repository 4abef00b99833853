import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { chooseRenderer } from '../../../src/cli/render/choose-renderer.ts';
import { type Action, actionId } from '../../../src/model/action.ts';

function actionsOf(count: number): readonly Action[] {
  return Array.from({ length: count }, (_, index) => {
    const resource = { kind: 'SandboxImageSpec', name: `image-${index}` };
    return ['lock', 'pack'].map(
      (stage): Action => ({
        id: actionId(resource, stage),
        resource,
        stage,
        effect: 'pure',
        needs: [],
        input: {},
        timeoutMs: 1,
      }),
    );
  }).flat();
}

/** What stands on stdout, on stderr and on the terminal after a run that started and was broken off. */
async function shown(options: {
  readonly output?: 'text' | 'json';
  readonly rows?: number;
  readonly color?: boolean;
  readonly images?: number;
}) {
  const texts = { stdout: '', stderr: '', terminal: '' };
  const { output = 'text', rows, color = false, images = 2 } = options;
  const stream = Object.assign(new PassThrough(), { columns: 80, rows: rows ?? 24, isTTY: true });
  stream.on('data', (bytes: Buffer) => {
    texts.terminal += bytes.toString();
  });
  const actions = actionsOf(images);
  const renderer = await chooseRenderer(
    {
      output,
      color,
      isTerminal: rows !== undefined,
      stdout: (text) => {
        texts.stdout += text;
      },
      stderr: (text) => {
        texts.stderr += text;
      },
    },
    actions,
    stream as unknown as NodeJS.WriteStream,
  );
  const at = '2026-11-20T23:00:00.000Z';
  renderer.emit({ type: 'run-started', at, run: 'run-1', actions: actions.map(({ id }) => id) });
  for (const { id } of actions) {
    renderer.emit({ type: 'action-started', at, action: id });
  }
  await renderer.end();
  return texts;
}

describe('a run is shown', () => {
  it('as a tree where the terminal has a line for each image and five more', async () => {
    const { terminal, stderr } = await shown({ rows: 24, images: 19 });
    expect(terminal).toContain('image-18');
    expect(stderr).toBe('');
  });

  it('as plain lines where it has fewer', async () => {
    const { terminal, stderr } = await shown({ rows: 24, images: 20 });
    expect(terminal).toBe('');
    expect(stderr).toMatch(/^23:00:00 run run-1 started: 40 actions\n/);
  });

  it('as plain lines without a terminal, and as JSON lines on stdout', async () => {
    expect((await shown({})).stderr).toContain('run run-1 started');
    const { stdout, stderr } = await shown({ output: 'json', rows: 24 });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'run-started', formatVersion: 1 });
  });

  it('without colours where they were turned off', async () => {
    const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[1-9][0-9]*m`);
    expect((await shown({ rows: 24, color: false })).terminal).not.toMatch(colours);
  });
});
