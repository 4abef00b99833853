import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** A sandbox's network namespace, and the world outside of it, with a wire between them. */
export interface SandboxAndWorld {
  /** Where packets of the sandbox are judged: its own namespace, or the one that they pass through. */
  readonly judgedIn: string;
  readonly sandbox: string;
  readonly world: string;
  readonly pathOf: (namespace: string) => string;
  /** Runs a program in a namespace and gives what it prints. */
  readonly run: (namespace: string, file: string, ...rest: readonly string[]) => string;
}

/** Addresses of the world, beside `10.77.0.2` and `fd77::2`, that sandboxes reach by their default route. */
export const worldAddresses = [
  ...Array.from({ length: 9 }, (_, index) => `198.51.100.${index + 1}`),
  '2001:db8::1',
  '2001:db8::2',
];

/** The sandbox is in a namespace of its own, wired to the world; its packets are judged as they leave. */
export function sandboxInNamespace(): SandboxAndWorld {
  const [sandbox, world] = [newNamespace(), newNamespace()];
  wire(sandbox, ['10.77.0.1/24', 'fd77::1/64'], world, ['10.77.0.2/24', 'fd77::2/64']);
  route(sandbox, '10.77.0.2', 'fd77::2');
  addWorldAddresses(world);
  return { judgedIn: sandbox, sandbox, world, pathOf, run };
}

/** The sandbox is a machine: its packets are judged in a namespace that forwards them. */
export function sandboxBehindRouter(): SandboxAndWorld {
  const [sandbox, router, world] = [newNamespace(), newNamespace(), newNamespace()];
  wire(sandbox, ['10.76.0.1/24', 'fd76::1/64'], router, ['10.76.0.2/24', 'fd76::2/64']);
  wire(router, ['10.77.0.1/24', 'fd77::1/64'], world, ['10.77.0.2/24', 'fd77::2/64']);
  route(sandbox, '10.76.0.2', 'fd76::2');
  route(router, '10.77.0.2', 'fd77::2');
  route(world, '10.77.0.1', 'fd77::1');
  run(router, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  addWorldAddresses(world);
  return { judgedIn: router, sandbox, world, pathOf, run };
}

function pathOf(namespace: string): string {
  return `/run/netns/${namespace}`;
}

function run(namespace: string, file: string, ...rest: readonly string[]): string {
  return execFileSync('ip', ['netns', 'exec', namespace, file, ...rest], { encoding: 'utf8' });
}

function newNamespace(): string {
  const name = `sandkiln-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  execFileSync('ip', ['netns', 'add', name]);
  onTestFinished(() => {
    execFileSync('ip', ['netns', 'del', name]);
  });
  run(name, 'ip', 'link', 'set', 'lo', 'up');
  return name;
}

function wire(left: string, ofLeft: readonly string[], right: string, ofRight: readonly string[]): void {
  const [one, other] = [interfaceName(), interfaceName()];
  execFileSync('ip', ['-n', left, 'link', 'add', one, 'type', 'veth', 'peer', 'name', other, 'netns', right]);
  for (const [namespace, name, addresses] of [
    [left, one, ofLeft],
    [right, other, ofRight],
  ] as const) {
    for (const address of addresses) {
      const more = address.includes(':') ? ['nodad'] : [];
      execFileSync('ip', ['-n', namespace, 'address', 'add', address, 'dev', name, ...more]);
    }
    execFileSync('ip', ['-n', namespace, 'link', 'set', name, 'up']);
  }
}

function interfaceName(): string {
  return `t${Math.random().toString(36).slice(2, 12)}`;
}

function route(namespace: string, four: string, six: string): void {
  execFileSync('ip', ['-n', namespace, 'route', 'add', 'default', 'via', four]);
  execFileSync('ip', ['-n', namespace, '-6', 'route', 'add', 'default', 'via', six]);
}

function addWorldAddresses(world: string): void {
  for (const address of worldAddresses) {
    const more = address.includes(':') ? ['nodad'] : [];
    execFileSync('ip', ['-n', world, 'address', 'add', address, 'dev', 'lo', ...more]);
  }
}
