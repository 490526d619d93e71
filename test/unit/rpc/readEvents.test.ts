import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { readEvents } from '../../../src/rpc/readEvents.ts';
import { manyViews } from '../../lab/manyAccounts.ts';

const nextRound = (): Promise<void> => new Promise((done) => void setImmediate(done));

describe('readEvents', () => {
  it('gives the same events however the bytes are split, and passes over what it does not know', async () => {
    const accounts = manyViews(2, { label: 'ü汉\n\n' });
    const text = `: keep-alive\n\nevent: account/part\ndata: ${JSON.stringify({ reset: true, accounts, removed: [], last: true })}\n\nevent: later/added\ndata: {}\n\nevent: apikey/changed\ndata: nonsense\n\nevent: account/changed\ndata: []\n\n`;
    for (const size of [1, 7, text.length * 2]) {
      const stream = new PassThrough();
      const heard: unknown[] = [];
      readEvents(stream, (event, payload) => heard.push([event, payload]));
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
      while (heard.length < 2) await nextRound();
      assert.deepEqual(heard, [['account/part', { reset: true, accounts, removed: [], last: true }], ['account/changed', []]]);
    }
  });

  it('lets everybody else go first when events take long, and reads nothing meanwhile', async () => {
    const stream = new PassThrough();
    const order: string[] = [];
    readEvents(stream, (event) => {
      const end = performance.now() + 6;
      while (performance.now() < end);
      order.push(event);
    });
    stream.write('event: account/changed\ndata: []\n\nevent: apikey/changed\ndata: []\n\n');
    while (order.length === 0) await nextRound();
    assert.deepEqual([order, stream.isPaused()], [['account/changed'], true]);
    while (order.length < 2) await nextRound();
    while (stream.isPaused()) await nextRound();
    stream.write('event: account/changed\ndata: []\n\n');
    while (order.length < 3) await nextRound();
  });
});
