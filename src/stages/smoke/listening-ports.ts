const listenState = '0A';

/** TCP ports that something listens on, from the text of /proc/net/tcp and tcp6 (proc(5)); other lines are ignored. */
export function listeningPorts(text: string): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const line of text.split('\n')) {
    const [, local, , state] = line.trim().split(/\s+/);
    const port = /^[0-9A-F]{8}(?:[0-9A-F]{24})?:([0-9A-F]{4})$/.exec(local ?? '')?.[1];
    if (state === listenState && port !== undefined) {
      ports.add(Number.parseInt(port, 16));
    }
  }
  return ports;
}
