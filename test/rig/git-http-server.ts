import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gitTestEnvironment } from './git-repository.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** `git http-backend` behind a server of this process. */
export interface GitHttpServer extends AsyncDisposable {
  /** Address of the folder that it serves; repositories are below it. */
  readonly url: string;
  /** The certificate to trust, for GIT_SSL_CAINFO; absent for plain http. */
  readonly certificateFile?: string;
}

export interface GitHttpServerOptions {
  readonly transport: 'http' | 'https';
  /** Sees each request first; `true` says that it has answered, or cut it off, itself. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

/** Serves the bare repositories of a folder to readers and writers (git-http-backend(1)); https has a certificate of its own. */
export async function serveGit(folder: string, options: GitHttpServerOptions): Promise<GitHttpServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if ((await options.intercept?.(request, response)) !== true) {
      runBackend(folder, request, response);
    }
  };
  const certificate = options.transport === 'https' ? makeCertificate() : undefined;
  const server =
    certificate === undefined
      ? createHttpServer((request, response) => void answer(request, response))
      : createServer(
          { key: readFileSync(certificate.key), cert: readFileSync(certificate.file) },
          (request, response) => void answer(request, response),
        );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.transport}://127.0.0.1:${port}`,
    ...(certificate === undefined ? {} : { certificateFile: certificate.file }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers a request of somebody who gave no token (401), or one that is not enough (403). */
export function refuseAccess(response: ServerResponse, status: 401 | 403): true {
  response.writeHead(status, { 'www-authenticate': 'Basic realm="forge"' }).end();
  return true;
}

function runBackend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://host');
  const backend = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      ...gitTestEnvironment(),
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'engine',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  let head = Buffer.alloc(0);
  let isBody = false;
  backend.stdout.on('data', (piece: Buffer) => {
    if (isBody) {
      response.write(piece);
      return;
    }
    head = Buffer.concat([head, piece]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) {
      return;
    }
    isBody = true;
    const headers = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': ', 2));
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.statusCode = Number.parseInt(status, 10);
    for (const [name = '', value = ''] of headers.filter(([each]) => each !== 'Status')) {
      response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
  });
  backend.on('close', () => response.end());
}

function makeCertificate(): { readonly key: string; readonly file: string } {
  const folder = temporaryFolder();
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', file],
    ],
    { stdio: 'ignore' },
  );
  return { key, file };
}
