import { open } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** A unix socket that waits for QEMU to connect, so that nobody has to try again and again. */
export interface UnixListener extends AsyncDisposable {
  /** The first connection; none where the listener was closed before. Later ones are refused. */
  readonly connection: Promise<Socket | undefined>;
}

/**
 * Listens at `name` in `folder`. The folder is gone through by its descriptor: a socket's path may have 107 bytes,
 * a scratch folder's may have more. QEMU, started in the folder, takes the name alone.
 */
export async function listenInFolder(folder: string, name: string): Promise<UnixListener> {
  const handle = await open(folder, 'r');
  const server = createServer();
  let first: Socket | undefined;
  const connection = new Promise<Socket | undefined>((resolve) => {
    server.on('connection', (socket) => {
      if (first === undefined) {
        first = socket;
        // Whoever uses the connection hears of errors by 'close'.
        socket.on('error', () => {});
        resolve(socket);
        server.close();
      } else {
        socket.destroy();
      }
    });
    server.on('close', () => resolve(first));
  });
  try {
    await listening(server, join('/proc/self/fd', `${handle.fd}`, name));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    connection,
    [Symbol.asyncDispose]: async () => {
      first?.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await handle.close();
    },
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
