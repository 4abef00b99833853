import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** The other end of a unix socket, which does what the test says. */
export interface ScriptedPeer {
  /** The end that the code under test gets. */
  readonly client: Socket;
  /** The peer's own end. */
  readonly peer: Socket;
  /** Calls back for each line that comes in; control bytes that are no part of the line are left out. */
  onLine(take: (line: string) => void): void;
}

export async function scriptedPeer(): Promise<ScriptedPeer> {
  const path = join(temporaryFolder(), 'socket');
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  const connected: Promise<Socket> = new Promise((resolve) => {
    server.once('connection', resolve);
  });
  const client = connect(path);
  const peer = await connected;
  server.close();
  peer.on('error', () => {});
  onTestFinished(() => {
    client.destroy();
    peer.destroy();
  });
  return {
    client,
    peer,
    onLine: (take) => {
      let rest = '';
      peer.on('data', (bytes: Buffer) => {
        const lines = `${rest}${bytes.toString('latin1')}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          take(line.replace(/^\xff+/, ''));
        }
      });
    },
  };
}
