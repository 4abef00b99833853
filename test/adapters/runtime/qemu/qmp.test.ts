import { expect, test } from 'vitest';
import { openQmp } from '../../../../src/adapters/runtime/qemu/qmp.ts';
import { expectCodes, expectValue } from '../../../rig/expect-result.ts';
import { type ScriptedPeer, scriptedPeer } from '../../../rig/scripted-peer.ts';

const greeting = '{"QMP": {"version": {}, "capabilities": []}}\r\n';

/** Greets, and answers each command with what `answer` says. */
function serve(peer: ScriptedPeer, answer: (command: string, id: string) => string | Uint8Array): void {
  peer.peer.write(greeting);
  peer.onLine((line) => {
    const { execute, id } = JSON.parse(line);
    peer.peer.write(
      execute === 'qmp_capabilities' ? `{"return": {}, "id": "${id}"}\r\n` : answer(execute, id),
    );
  });
}

test('negotiates, then gives the answer that belongs to a command', async () => {
  const peer = await scriptedPeer();
  serve(
    peer,
    (command, id) => `{"return": 1, "id": "other"}\n{"return": {"was": "${command}"}, "id": "${id}"}\n`,
  );
  const client = expectValue(await openQmp(peer.client, { timeoutMs: 5000 }));
  expect(expectValue(await client.execute('query-status', {}, 5000))).toEqual({ was: 'query-status' });
});

test('reads messages that arrive byte by byte, and events between them', async () => {
  const peer = await scriptedPeer();
  const events: string[] = [];
  serve(peer, (_, id) => {
    for (const byte of Buffer.from(`{"event": "SHUTDOWN", "data": {}}\n{"return": 7, "id": "${id}"}\n`)) {
      peer.peer.write(Uint8Array.of(byte));
    }
    return '';
  });
  const client = expectValue(
    await openQmp(peer.client, { timeoutMs: 5000, onEvent: (name) => events.push(name) }),
  );
  expect(expectValue(await client.execute('stop', {}, 5000))).toBe(7);
  expect(events).toEqual(['SHUTDOWN']);
});

test('an error of QEMU is a failure of that command alone', async () => {
  const peer = await scriptedPeer();
  serve(peer, (command, id) =>
    command === 'bad'
      ? `{"error": {"desc": "no such command"}, "id": "${id}"}\n`
      : `{"return": 1, "id": "${id}"}\n`,
  );
  const client = expectValue(await openQmp(peer.client, { timeoutMs: 5000 }));
  expect(expectCodes(await client.execute('bad', {}, 5000))).toEqual(['SK6008']);
  expect(expectValue(await client.execute('good', {}, 5000))).toBe(1);
});

test('silence is a failure within the time-out', async () => {
  const peer = await scriptedPeer();
  expect(expectCodes(await openQmp(peer.client, { timeoutMs: 20 }))).toEqual(['SK6008']);
});

test('nonsense, a line without end and a closed connection are failures', async () => {
  for (const noise of ['SSH-2.0-OpenSSH\n', 'x'.repeat(2 * 1024 * 1024)]) {
    const peer = await scriptedPeer();
    peer.peer.write(noise);
    expect(expectCodes(await openQmp(peer.client, { timeoutMs: 5000 }))).toEqual(['SK6008']);
  }
  const peer = await scriptedPeer();
  serve(peer, () => {
    peer.peer.destroy();
    return '';
  });
  const client = expectValue(await openQmp(peer.client, { timeoutMs: 5000 }));
  expect(expectCodes(await client.execute('quit', {}, 5000))).toEqual(['SK6008']);
  expect(expectCodes(await client.execute('quit', {}, 5000))).toEqual(['SK6008']);
});
