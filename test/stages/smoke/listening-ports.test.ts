import { expect, test } from 'vitest';
import { listeningPorts } from '../../../src/stages/smoke/listening-ports.ts';

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid';

test('gives the ports of listening sockets of both families, and no others', () => {
  const text = [
    header,
    '   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1',
    '   1: 0100007F:1538 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 2',
    header,
    '   0: 00000000000000000000000000000000:1E61 00000000000000000000000000000000:0000 0A 00000000:0',
    'nonsense',
  ].join('\n');
  expect([...listeningPorts(text)]).toEqual([22, 7777]);
});
