import type { ListrTaskState } from 'listr2';

/** A tree of tasks in two levels on a terminal, driven from outside. */
export interface TaskTree {
  start(id: string): void;
  title(id: string, title: string): void;
  /** Shows a line below a running task; the next one replaces it. */
  tell(id: string, line: string): void;
  finish(id: string, end: 'completed' | 'failed' | 'skipped', title: string): void;
  nameGroup(name: string, title: string): void;
  /** Ends what did not end, and leaves the last state of the tree on the terminal. */
  end(): Promise<void>;
}

export interface TaskGroup {
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly { readonly id: string; readonly title: string }[];
}

export interface TaskTreeOptions {
  readonly progress: NodeJS.WriteStream;
  readonly data: NodeJS.WriteStream;
  /** Whether colours may be used; the library looks at the terminal and at NO_COLOR itself. */
  readonly color: boolean;
}

/** At most one line in this time is drawn below a task; tools may print thousands a second. */
const drawEveryMs = 100;

/** Shows the tree at once, as soon as the library is loaded; what is told before is shown then. */
export function startTaskTree(groups: readonly TaskGroup[], options: TaskTreeOptions): TaskTree {
  const nodes = new Map<string, Node>();
  const groupNodes = new Map<string, Node>();
  const groupOf = new Map<string, Node>();
  for (const group of groups) {
    const node = createNode();
    groupNodes.set(group.name, node);
    for (const { id } of group.tasks) {
      nodes.set(id, createNode());
      groupOf.set(id, node);
    }
  }
  const shown = show(groups, nodes, groupNodes, options);

  return {
    start: (id) => {
      groupOf.get(id)?.change((task) => task.begin());
      nodes.get(id)?.change((task) => task.begin());
    },
    title: (id, title) => nodes.get(id)?.change((task) => task.title(title)),
    tell: (id, line) => {
      const node = nodes.get(id);
      const now = performance.now();
      if (node !== undefined && now - node.drawnAtMs >= drawEveryMs) {
        node.drawnAtMs = now;
        node.change((task) => task.line(line));
      }
    },
    finish: (id, end, title) => {
      groupOf.get(id)?.change((task) => task.begin());
      nodes.get(id)?.finish(end, title);
    },
    nameGroup: (name, title) => groupNodes.get(name)?.change((task) => task.title(title)),
    end: async () => {
      for (const node of nodes.values()) {
        node.finish('skipped', undefined);
      }
      await shown;
    },
  };
}

/** What can be changed of a task once it is on the terminal. */
interface ShownTask {
  begin(): void;
  title(title: string): void;
  line(line: string): void;
}

interface Ending {
  readonly end: 'completed' | 'failed' | 'skipped';
  readonly title: string | undefined;
}

interface Node {
  /** Now, or when the task is on the terminal; in the order of the calls. */
  change(apply: (task: ShownTask) => void): void;
  finish(end: Ending['end'], title: string | undefined): void;
  readonly appeared: (task: ShownTask) => void;
  readonly ended: Promise<Ending>;
  drawnAtMs: number;
}

function createNode(): Node {
  const shown = Promise.withResolvers<ShownTask>();
  const ended = Promise.withResolvers<Ending>();
  return {
    change: (apply) => void shown.promise.then(apply),
    finish: (end, title) => ended.resolve({ end, title }),
    appeared: shown.resolve,
    ended: ended.promise,
    drawnAtMs: 0,
  };
}

async function show(
  groups: readonly TaskGroup[],
  nodes: ReadonlyMap<string, Node>,
  groupNodes: ReadonlyMap<string, Node>,
  { progress, data, color }: TaskTreeOptions,
): Promise<void> {
  const {
    DefaultRenderer,
    Listr,
    ListrDefaultRendererLogLevels,
    ListrLogger,
    ListrTaskState,
    ProcessOutput,
  } = await import('listr2');
  /** The library asks whether stdout is a terminal; here it is the stream for progress that counts. */
  class ProgressRenderer extends DefaultRenderer {
    static override readonly nonTTY = true;
  }
  const plain = Object.fromEntries(
    Object.values(ListrDefaultRendererLogLevels).map((level) => [
      level,
      (text: string | undefined) => text ?? '',
    ]),
  );

  /** A task that nobody began waits, though the library has started it. */
  function appear(node: Node | undefined, wrapper: ListrWrapper): void {
    const task = wrapper.task;
    task.state$ = ListrTaskState.WAITING;
    node?.appeared({
      begin: () => {
        if (task.state === ListrTaskState.WAITING) {
          task.state$ = ListrTaskState.STARTED;
        }
      },
      title: (title) => {
        wrapper.title = title;
      },
      line: (line) => {
        wrapper.output = line;
      },
    });
  }

  const listr = new Listr(
    groups.map((group) => ({
      title: group.title,
      task: (_: object, parent) => {
        appear(groupNodes.get(group.name), parent);
        return parent.newListr(
          group.tasks.map(({ id, title }) => ({
            title,
            task: async (_: object, wrapper) => {
              const node = nodes.get(id);
              appear(node, wrapper);
              const ending = await node?.ended;
              wrapper.task.state$ = ListrTaskState.STARTED;
              const last = ending?.title ?? title;
              wrapper.title = last;
              if (ending?.end === 'skipped') {
                wrapper.skip(last);
              } else if (ending?.end === 'failed') {
                throw new Error(last);
              }
            },
          })),
          { concurrent: true, exitOnError: false },
        );
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      collectErrors: false,
      renderer: ProgressRenderer,
      rendererOptions: {
        formatOutput: 'truncate',
        logger: new ListrLogger({
          useIcons: true,
          processOutput: new ProcessOutput(progress, data, { leaveEmptyLine: false }),
        }),
        ...(color ? {} : { color: plain }),
      },
    },
  );
  await listr.run({});
}

/** The part of the library's task that is used here. */
interface ListrWrapper {
  readonly task: { readonly state: ListrTaskState; state$: ListrTaskState };
  title: string;
  output: string;
}
