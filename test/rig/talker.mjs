// A program in a network namespace that does what a test tells it, a JSON line a command, and answers with one each.
import dgram from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import net from 'node:net';
import { createInterface } from 'node:readline';

const held = new Map();
let hammering;

const commands = {
  /** Echoes what it gets at addresses and ports. */
  async serve({ addresses, ports }) {
    for (const address of addresses) {
      for (const port of ports) {
        const type = address.includes(':') ? 'udp6' : 'udp4';
        const udp = dgram.createSocket(type);
        udp.on('message', (message, from) => udp.send(message, from.port, from.address, () => {}));
        const tcp = net.createServer((socket) => socket.on('error', () => {}).pipe(socket));
        await Promise.all([
          new Promise((done) => udp.bind(port, address, done)),
          new Promise((done) => tcp.listen(port, address, done)),
        ]);
      }
    }
    return 'serving';
  },
  /** A server of names: gives each name an address. */
  async resolveFor({ address, names }) {
    const server = dgram.createSocket('udp4');
    server.on('message', (query, from) => server.send(answer(query, names), from.port, from.address));
    await new Promise((done) => server.bind(53, address, done));
    return 'resolving';
  },
  resolve: async ({ name, server }) => {
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers([server]);
    return resolver.resolve4(name).catch((error) => error.code);
  },
  reach: ({ protocol, address, port }) =>
    protocol === 'tcp' ? reachByTcp(address, port) : reachByUdp(address, port),
  async hold({ key, address, port }) {
    const socket = net.connect({ host: address, port });
    await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
    held.set(key, socket);
    return 'held';
  },
  /** Sends on a held connection and waits for the echo, or for its end. */
  say: ({ key }) =>
    new Promise((done) => {
      const socket = held.get(key);
      const finish = (answer) => () => {
        socket.removeAllListeners();
        socket.on('error', () => {});
        done(answer);
      };
      socket.once('data', finish('echoed')).once('error', finish('ended')).once('close', finish('ended'));
      socket.write('x', () => {});
      if (socket.destroyed) {
        finish('ended')();
      }
    }),
  /** Sends to one address what must never arrive, and asks another one that must always answer. */
  hammer({ denied, allowed, port }) {
    const state = { sent: 0, answered: 0, lost: 0, running: true };
    const never = dgram.createSocket('udp4').on('error', () => {});
    const always = dgram.createSocket('udp4');
    const loop = async () => {
      await new Promise((done) => always.connect(port, allowed, done));
      while (state.running) {
        for (let count = 0; count < 20; count++) {
          never.send('x', port, denied, () => {});
          state.sent++;
        }
        net
          .connect({ host: denied, port })
          .on('error', () => {})
          .on('connect', () => {});
        state.answered++;
        for (let asked = 1; !(await isAnswered(always)); asked++) {
          state.lost++;
          if (asked === 5) {
            state.answered--;
            break;
          }
        }
      }
      never.close();
      always.close();
      return { sent: state.sent, answered: state.answered, lost: state.lost };
    };
    hammering = { state, done: loop() };
    return 'hammering';
  },
  rest: () => {
    hammering.state.running = false;
    return hammering.done;
  },
};

/** Asks once, as a program would that asks again where nothing comes. */
function isAnswered(socket) {
  return new Promise((done) => {
    const limit = setTimeout(() => finish(false), 2000);
    const finish = (answered) => {
      clearTimeout(limit);
      socket.removeAllListeners();
      socket.on('error', () => {});
      done(answered);
    };
    socket.once('message', () => finish(true)).once('error', () => finish(false));
    socket.send('y', (error) => error && finish(false));
  });
}

function reachByTcp(host, port) {
  return new Promise((done) => {
    const socket = net.connect({ host, port });
    socket.once('connect', () => socket.write('x'));
    socket.once('data', () => done('reached') ?? socket.destroy());
    socket.once('error', (error) => done(error.code));
    // An answer that is refused on its way back is told to who answered, not to who waits for it.
    socket.setTimeout(5000, () => done('silent') ?? socket.destroy());
  });
}

function reachByUdp(address, port) {
  return new Promise((done) => {
    const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const limit = setTimeout(() => finish('silent'), 5000);
    const finish = (answer) => {
      clearTimeout(limit);
      socket.removeAllListeners().on('error', () => {});
      socket.close();
      done(answer);
    };
    socket.once('message', () => finish('reached')).once('error', (error) => finish(error.code));
    socket.connect(port, address, () => socket.send('x', (error) => error && finish(error.code)));
  });
}

/** An answer to a question for an A record; none of another type. */
function answer(query, names) {
  const labels = [];
  let at = 12;
  for (; query[at] !== 0; at += query[at] + 1) {
    labels.push(query.subarray(at + 1, at + 1 + query[at]).toString());
  }
  const question = query.subarray(12, at + 5);
  const address = query.readUInt16BE(at + 1) === 1 ? names[labels.join('.').toLowerCase()] : undefined;
  const header = Buffer.from([
    query[0],
    query[1],
    0x81,
    0x80,
    0,
    1,
    0,
    address === undefined ? 0 : 1,
    0,
    0,
    0,
    0,
  ]);
  const record = Buffer.from([
    0xc0,
    12,
    0,
    1,
    0,
    1,
    0,
    0,
    0,
    60,
    0,
    4,
    ...(address ?? '0.0.0.0').split('.').map(Number),
  ]);
  return Buffer.concat([header, question, ...(address === undefined ? [] : [record])]);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, ...rest } = JSON.parse(line);
  Promise.resolve(commands[command](rest)).then(
    (value) => process.stdout.write(`${JSON.stringify({ id, value })}\n`),
    (error) => process.stdout.write(`${JSON.stringify({ id, value: String(error) })}\n`),
  );
}
process.exit(0);
