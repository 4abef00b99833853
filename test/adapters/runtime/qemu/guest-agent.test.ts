import { expect, test } from 'vitest';
import { createGuestAgent } from '../../../../src/adapters/runtime/qemu/guest-agent.ts';
import { createGuestAgentChannel } from '../../../../src/adapters/runtime/qemu/guest-agent-channel.ts';
import { expectCodes, expectValue } from '../../../rig/expect-result.ts';
import { type ScriptedPeer, scriptedPeer } from '../../../rig/scripted-peer.ts';

type Answer = (request: { execute: string; arguments: Record<string, unknown> }) => string | Uint8Array;

/** An agent that synchronises as it should, and answers the rest as the test says. */
function serve(peer: ScriptedPeer, answer: Answer): void {
  peer.onLine((line) => {
    const request = JSON.parse(line);
    if (request.execute === 'guest-sync-delimited') {
      peer.peer.write(
        Buffer.concat([Buffer.from([0xff]), Buffer.from(`{"return": ${request.arguments.id}}\n`)]),
      );
    } else {
      peer.peer.write(answer(request));
    }
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

test('stale bytes and answers to an earlier session are thrown away', async () => {
  const peer = await scriptedPeer();
  peer.peer.write('{"return": {"pid": 666}}\n{"half a line');
  peer.peer.write(Buffer.concat([Buffer.from([0xff]), Buffer.from('{"return": 12}\n')]));
  serve(peer, () => '{"return": {}}\n');
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  expectValue(await agent.ping(5000));
});

test('an agent that comes late is asked again', async () => {
  const peer = await scriptedPeer();
  const channel = createGuestAgentChannel(peer.client);
  const synchronised = channel.synchronise(10_000);
  let asked = 0;
  peer.onLine((line) => {
    asked += 1;
    if (asked > 1) {
      const { id } = JSON.parse(line).arguments;
      peer.peer.write(Buffer.concat([Buffer.from([0xff]), Buffer.from(`{"return": ${id}}\n`)]));
    }
  });
  expectValue(await synchronised);
});

test('runs a command as a user and gives what it printed', async () => {
  const peer = await scriptedPeer();
  const started: unknown[] = [];
  let polls = 0;
  serve(peer, (request) => {
    if (request.execute === 'guest-exec') {
      started.push([request.arguments['path'], request.arguments['arg']]);
      return '{"return": {"pid": 5}}\n';
    }
    polls += 1;
    return polls < 3
      ? '{"return": {"exited": false}}\n'
      : `{"return": {"exited": true, "exitcode": 3, "out-data": "${base64('analyst\n')}", "err-data": "${base64('no')}"}}\n`;
  });
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  const result = await agent.run({ as: 'analyst', run: ['id', '-un; reboot'] }, 5000);
  expect(expectValue(result)).toEqual({ exitCode: 3, stdout: 'analyst\n', stderr: 'no' });
  expect(started).toEqual([['runuser', ['-u', 'analyst', '--', 'id', '-un; reboot']]]);
});

test('a command that is killed counts as 128 and the signal', async () => {
  const peer = await scriptedPeer();
  serve(peer, ({ execute }) =>
    execute === 'guest-exec' ? '{"return": {"pid": 5}}\n' : '{"return": {"exited": true, "signal": 9}}\n',
  );
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  expect(expectValue(await agent.run({ run: ['x'] }, 5000)).exitCode).toBe(137);
});

test('output of a command is cut at 1 MiB', async () => {
  const peer = await scriptedPeer();
  const much = Buffer.alloc(1024 * 1024 + 999, 'x').toString('base64');
  serve(peer, ({ execute }) =>
    execute === 'guest-exec'
      ? '{"return": {"pid": 5}}\n'
      : `{"return": {"exited": true, "exitcode": 0, "out-data": "${much}"}}\n`,
  );
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  expect(expectValue(await agent.run({ run: ['x'] }, 5000)).stdout.length).toBe(1024 * 1024);
});

test('silence is a failure within the time-out, and the next call synchronises anew', async () => {
  const peer = await scriptedPeer();
  let pings = 0;
  serve(peer, () => {
    pings += 1;
    return pings === 1 ? '' : '{"return": {}}\n';
  });
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  expect(expectCodes(await agent.ping(50))).toEqual(['SK6005']);
  // The late answer to the first ping must not be taken for the answer to the second.
  peer.peer.write('{"return": "late"}\n');
  expectValue(await agent.ping(5000));
});

test('a refusal is a failure of that command alone', async () => {
  const peer = await scriptedPeer();
  serve(peer, ({ execute }) =>
    execute === 'guest-ping'
      ? '{"return": {}}\n'
      : '{"error": {"class": "GenericError", "desc": "disabled"}}\n',
  );
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  expect(expectCodes(await agent.run({ run: ['x'] }, 5000))).toEqual(['SK6007']);
  expectValue(await agent.ping(5000));
});

test.each([
  ['text that is not JSON', 'hello\n'],
  ['JSON that is no object', '[1]\n'],
  ['neither return nor error', '{}\n'],
  ['a pid that is no number', '{"return": {"pid": "1"}}\n'],
  ['a line of more than 4 MiB', Buffer.alloc(5 * 1024 * 1024, 0x20)],
])('nonsense is a failure: %s', async (_, answer) => {
  const peer = await scriptedPeer();
  serve(peer, () => answer);
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  expect(expectCodes(await agent.run({ run: ['x'] }, 5000))).toEqual(['SK6006']);
});

test('output that is not base64 is a failure', async () => {
  const peer = await scriptedPeer();
  serve(peer, ({ execute }) =>
    execute === 'guest-exec'
      ? '{"return": {"pid": 5}}\n'
      : '{"return": {"exited": true, "exitcode": 0, "out-data": "<?>"}}\n',
  );
  const agent = createGuestAgent(createGuestAgentChannel(peer.client));
  expect(expectCodes(await agent.run({ run: ['x'] }, 5000))).toEqual(['SK6006']);
});

test('a guest that floods is given up before memory fills', async () => {
  const peer = await scriptedPeer();
  const noise = Buffer.alloc(1024 * 1024, 0x78);
  function flood(): void {
    while (!peer.peer.destroyed && peer.peer.write(noise)) {}
  }
  peer.peer.on('drain', flood);
  flood();
  const channel = createGuestAgentChannel(peer.client);
  expect(expectCodes(await channel.synchronise(30_000))).toEqual(['SK6006']);
});

test('a connection that closes is a failure', async () => {
  const peer = await scriptedPeer();
  const channel = createGuestAgentChannel(peer.client);
  const synchronised = channel.synchronise(10_000);
  peer.peer.destroy();
  expect(expectCodes(await synchronised)).toEqual(['SK6006']);
  expect(expectCodes(await channel.call('guest-ping', {}, 1000))).toEqual(['SK6006']);
});
