import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A name server that knows every name: it answers each question with `192.0.2.1`. Gives its port of 127.0.0.1. */
export async function answeringNameServer(): Promise<{
  readonly port: number;
  readonly asked: readonly string[];
}> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (query, from) => {
    const { name, end } = questionOf(query);
    asked.push(name);
    const answer = Buffer.from('c00c00010001000000000004c0000201', 'hex');
    const header = Buffer.from('00008180000100010000000000000000', 'hex').subarray(0, 12);
    query.copy(header, 0, 0, 2);
    socket.send(Buffer.concat([header, query.subarray(12, end), answer]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, asked };
}

/** RFC 1035, section 4.1.2: labels with their lengths, then a type and a class. */
function questionOf(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 };
}
