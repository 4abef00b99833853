/** Requests that a client sends one after the other over one connection to a port of 192.0.2.1; null for one without a host. */
export interface CapturedConnection {
  readonly port: number;
  readonly hosts: readonly (string | null)[];
}

/** The port of 10.0.0.1 that the first connection of a capture comes from; the others follow it. */
export const firstClientPort = 20_000;

/** A capture (pcap, Ethernet) of HTTP connections from start to end, TCP checksums left out. */
export function httpCapture(connections: readonly CapturedConnection[]): Buffer {
  const fileHeader = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  const packets = connections.flatMap((connection, index) => packetsOf(connection, firstClientPort + index));
  return Buffer.concat([fileHeader, ...packets.map((packet, index) => record(packet, index))]);
}

const client = [10, 0, 0, 1];
const server = [192, 0, 2, 1];
const flags = { syn: 0x02, synAck: 0x12, ack: 0x10, push: 0x18, fin: 0x11 };

function packetsOf({ port, hosts }: CapturedConnection, clientPort: number): readonly Buffer[] {
  const packets: Buffer[] = [];
  let [sent, received] = [1000, 5000];
  const send = (flag: number, data = '') => {
    packets.push(packet(client, server, clientPort, port, sent, received, flag, data));
    sent += data.length + (flag === flags.syn || flag === flags.fin ? 1 : 0);
  };
  const answer = (flag: number, data = '') => {
    packets.push(packet(server, client, port, clientPort, received, sent, flag, data));
    received += data.length + (flag === flags.synAck || flag === flags.fin ? 1 : 0);
  };
  send(flags.syn);
  answer(flags.synAck);
  send(flags.ack);
  for (const host of hosts) {
    send(flags.push, `GET / HTTP/1.1\r\n${host === null ? '' : `Host: ${host}\r\n`}Accept: */*\r\n\r\n`);
    answer(flags.push, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    send(flags.ack);
  }
  send(flags.fin);
  answer(flags.fin);
  send(flags.ack);
  return packets;
}

/** Ethernet, IPv4 (RFC 791) and TCP (RFC 9293) headers without options around some text. */
function packet(
  from: readonly number[],
  to: readonly number[],
  fromPort: number,
  toPort: number,
  sequence: number,
  acknowledged: number,
  flag: number,
  data: string,
): Buffer {
  const ethernet = Buffer.from('0200000000010200000000020800', 'hex');
  const ip = Buffer.from('450000000000000040060000', 'hex');
  ip.writeUInt16BE(40 + data.length, 2);
  const header = Buffer.concat([ip, Buffer.from([...from, ...to])]);
  header.writeUInt16BE(checksum(header), 10);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(fromPort, 0);
  tcp.writeUInt16BE(toPort, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp.writeUInt32BE(acknowledged, 8);
  tcp.writeUInt16BE(0x5000 | flag, 12);
  tcp.writeUInt16BE(0xffff, 14);
  return Buffer.concat([ethernet, header, tcp, Buffer.from(data)]);
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) {
    sum += header.readUInt16BE(at);
  }
  while (sum > 0xffff) {
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return ~sum & 0xffff;
}

function record(bytes: Buffer, second: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(second + 1, 0);
  header.writeUInt32LE(bytes.length, 8);
  header.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([header, bytes]);
}
