import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphDot } from '../../../src/cli/render/graph-dot.ts';
import { layoutGraph } from '../../../src/cli/render/graph-layout.ts';
import { graphMermaid } from '../../../src/cli/render/graph-mermaid.ts';
import { graphSvg } from '../../../src/cli/render/graph-svg.ts';
import { graphView } from '../../../src/cli/render/graph-view.ts';
import { buildGraph } from '../../../src/engine/graph/build-graph.ts';
import type { Action } from '../../../src/model/action.ts';
import { testAction } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { imageActions, randomActions } from '../../rig/random-graph.ts';

const viewOf = (actions: readonly Action[]) => graphView(expectValue(buildGraph(actions)), new Set());

/** Names that would break out of a label where one is not escaped. */
const hostile = [
  'a"b',
  'back\\',
  '\\"]; evil [',
  '<script>&amp;<b>',
  '"] --> x["',
  '`**bold**`',
  '#quot;',
  '--><!--',
  ']]>',
  '%%{init}%%',
  'ünïcode 火',
];
const hostileActions = hostile.map((name, index) =>
  testAction(`web/${name}`, index === 0 ? [] : [`web/${hostile[index - 1]}`]),
);

function tool(name: string, arguments_: readonly string[], input: string): string {
  const { status, stdout, stderr, error } = spawnSync(name, arguments_, {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(error).toBeUndefined();
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

interface DotOutput {
  readonly objects: readonly {
    readonly name: string;
    readonly label?: string;
    readonly nodes?: unknown;
    readonly color?: string;
  }[];
  readonly edges: readonly { readonly color?: string }[];
}

describe('the graph in DOT', () => {
  it('is read by Graphviz with every node, edge and the critical path', () => {
    const view = viewOf(imageActions(3));
    const nodes = view.groups.flatMap((group) => group.nodes);
    const { objects, edges }: DotOutput = JSON.parse(tool('dot', ['-Tdot_json'], graphDot(view)));
    const drawn = objects.filter((object) => object.nodes === undefined);
    expect(drawn.map(({ name }) => name).sort()).toEqual(nodes.map(({ id }) => id).sort());
    expect(edges).toHaveLength(nodes.flatMap(({ needs }) => needs).length);
    expect(drawn.filter(({ color }) => color === '#c00000')).toHaveLength(view.criticalPath.length);
    expect(edges.filter(({ color }) => color === '#c00000')).toHaveLength(view.criticalPath.length - 1);
    expect(objects.filter((object) => object.nodes !== undefined).map(({ label }) => label)).toEqual(
      view.groups.map(({ label }) => label),
    );
  });

  it('holds any name as it is', () => {
    const svg = tool('dot', ['-Tsvg'], graphDot(viewOf(hostileActions)));
    tool('xmllint', ['--noout', '--nonet', '-'], svg);
    const drawn = [...svg.matchAll(/<text [^>]*>(work:[^<]*)<\/text>/g)].map(([, text = '']) =>
      decoded(text),
    );
    expect(drawn).toEqual(hostile.map((name) => `work:${name}`));
  });
});

describe('the graph in Mermaid', () => {
  it('has only lines of the flowchart grammar, whatever names hold', () => {
    fc.assert(
      fc.property(fc.oneof(randomActions(), fc.constant(hostileActions), fc.constant([])), (actions) => {
        expect(unreadLines(graphMermaid(viewOf(actions)))).toEqual([]);
      }),
    );
  });

  it('marks the critical path on nodes and edges', () => {
    const view = viewOf(imageActions(2));
    const text = graphMermaid(view);
    const ids = /^ {2}class (.*) critical$/m.exec(text)?.[1]?.split(',') ?? [];
    expect(ids).toHaveLength(view.criticalPath.length);
    const edges = text
      .split('\n')
      .flatMap((line) => (line.includes(' --> ') ? [line.trim().split(' --> ')] : []));
    const marked = (/^ {2}linkStyle ([\d,]*) /m.exec(text)?.[1]?.split(',') ?? []).map(
      (index) => edges[Number(index)],
    );
    expect(marked).toHaveLength(view.criticalPath.length - 1);
    for (const [from = '', to = ''] of marked.map((edge) => edge ?? [])) {
      expect(ids).toContain(from);
      expect(ids).toContain(to);
    }
  });

  it('holds any name as it is', () => {
    const labels = [...graphMermaid(viewOf(hostileActions)).matchAll(/^ {4}a\d+\["(.*)<br>.*"\]$/gm)];
    expect(
      labels.map(([, label = '']) =>
        label.replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
      ),
    ).toEqual(hostile.map((name) => `work:${name}`));
  });
});

describe('the graph as SVG', () => {
  it('is well-formed whatever names hold, and shows them as they are', () => {
    const svg = graphSvg(viewOf(hostileActions));
    tool('xmllint', ['--noout', '--nonet', '-'], svg);
    const titles = [...svg.matchAll(/<g><title>(.*?)<\/title>/gs)].map(([, text = '']) => decoded(text));
    expect(titles).toEqual(hostileActions.map(({ id }) => id));
  });

  it.each([1, 2, 25])('marks the critical path of %s images', (images) => {
    const view = viewOf(imageActions(images));
    const svg = graphSvg(view);
    tool('xmllint', ['--noout', '--nonet', '-'], svg);
    expect(svg.match(/class="node critical"/g)).toHaveLength(view.criticalPath.length);
    expect(svg.match(/class="edge critical"/g)).toHaveLength(view.criticalPath.length - 1);
  });

  it('draws no two boxes over each other, every line to the right, and all inside the picture', () => {
    fc.assert(
      fc.property(fc.oneof(randomActions(60), fc.constant(imageActions(25))), (actions) => {
        const view = viewOf(actions);
        const { nodes, edges, lanes, width, height } = layoutGraph(view, 32);
        expect(nodes).toHaveLength(actions.length);
        for (const [index, box] of nodes.entries()) {
          expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(
            true,
          );
          for (const other of nodes.slice(index + 1)) {
            const apart =
              box.x + box.width < other.x ||
              other.x + other.width < box.x ||
              box.y + box.height < other.y ||
              other.y + other.height < box.y;
            expect(apart).toBe(true);
          }
        }
        for (const { points } of edges) {
          for (const [index, point] of points.entries()) {
            expect(point.x).toBeGreaterThan(points[index - 1]?.x ?? -1);
          }
        }
        for (const [index, lane] of lanes.entries()) {
          const before = lanes[index - 1];
          expect(before === undefined || before.y + before.height < lane.y).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leads no line through a box of the lane that it ends in', () => {
    fc.assert(
      fc.property(randomActions(60), (actions) => {
        const { nodes, edges, lanes } = layoutGraph(viewOf(actions), 32);
        const laneOf = (y: number) => lanes.findIndex((lane) => lane.y <= y && y <= lane.y + lane.height);
        for (const { points } of edges) {
          // Pairs of points at the same column: where the line passes.
          for (let index = 1; index + 1 < points.length - 1; index += 2) {
            const [start, end] = [points[index], points[index + 1]];
            const crossed = nodes.filter(
              (box) =>
                start !== undefined &&
                end !== undefined &&
                laneOf(box.y) === laneOf(start.y) &&
                box.x < end.x &&
                start.x < box.x + box.width &&
                box.y <= start.y &&
                start.y <= box.y + box.height,
            );
            expect(crossed).toEqual([]);
          }
        }
      }),
    );
  });
});

/** Lines that are none of the statements that the program writes (Mermaid, "Flowcharts - Basic Syntax"). */
function unreadLines(text: string): readonly string[] {
  const label = String.raw`"(?:[\p{L}\p{N} ._+:/~-]|#\d+;)*(?:<br>(?:[\p{L}\p{N} ._+:/~-]|#\d+;)*)?"`;
  const statement = new RegExp(
    [
      'flowchart LR',
      String.raw` {2}subgraph r\d+\[${label}\]`,
      ' {2}end',
      String.raw` {4}a\d+\[${label}\]`,
      String.raw` {2}a\d+ --> a\d+`,
      String.raw` {2}classDef critical [a-z-]+:[#\w]+(?:,[a-z-]+:[#\w]+)*`,
      String.raw` {2}class a\d+(?:,a\d+)* critical`,
      String.raw` {2}linkStyle \d+(?:,\d+)* [a-z-]+:[#\w]+(?:,[a-z-]+:[#\w]+)*`,
    ]
      .map((form) => `(?:${form})`)
      .join('|')
      .replace(/^/, '^(?:')
      .replace(/$/, ')$'),
    'u',
  );
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => !statement.test(line));
}

function decoded(xml: string): string {
  return xml
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#45;', '-')
    .replaceAll('&amp;', '&');
}
