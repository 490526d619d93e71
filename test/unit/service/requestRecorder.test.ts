import assert from 'node:assert/strict';
import type { Store } from '../../../src/core/store.ts';
import { RequestRecorder } from '../../../src/service/requestRecorder.ts';

describe('RequestRecorder and the trace', () => {
  interface Disk { readonly recorder: RequestRecorder; readonly written: string[]; readonly warnings: string[]; release(): void }

  /** A store that takes nothing until it is released. */
  function slowDisk(traceLines: number): Disk {
    const written: string[] = [];
    const warnings: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const appendLog: Store['appendLog'] = async ({ trace }) => {
      await promise;
      written.push(Buffer.from(trace).toString());
      return [];
    };
    const recorder = new RequestRecorder({ store: { appendLog }, onAdded: () => undefined, log: (level, message) => void warnings.push(`${level} ${message}`), traceLines });
    return { recorder, written, warnings, release: resolve };
  }

  it('drops what a slow disk leaves no room for, says so at the first line and at every 1024th, and never waits', async () => {
    const { recorder, written, warnings, release } = slowDisk(4);
    const stuck = recorder.flush();
    for (let i = 0; i < 4 + 2_048; i += 1) recorder.trace(`line ${i}`);
    assert.deepEqual(warnings.map((warning) => /^warn .*: (\d+) lines? (?:was|were) left out.*CODEXMANAGER_TRACE_QUEUE_CAPACITY \(4\)/.exec(warning)?.[1]), ['1', '1024', '2048']);
    release();
    await stuck;
    await recorder.flush();
    recorder.trace('later');
    await recorder.flush();
    assert.equal(written.join(''), 'line 0\nline 1\nline 2\nline 3\nlater\n');
  });

  it('writes early when half of the room is used, so that only a slow disk loses lines', async () => {
    const first = Promise.withResolvers<string>();
    const appendLog: Store['appendLog'] = ({ trace }) => {
      first.resolve(Buffer.from(trace).toString());
      return Promise.resolve([]);
    };
    const recorder = new RequestRecorder({ store: { appendLog }, onAdded: () => undefined, log: () => undefined, traceLines: 8 });
    let paused = false;
    const ordinary = setTimeout(() => void (paused = true), 90);
    for (let i = 0; i < 4; i += 1) recorder.trace(`line ${i}`);
    assert.equal(await first.promise, 'line 0\nline 1\nline 2\nline 3\n');
    assert.equal(paused, false, 'it waited for the ordinary pause');
    clearTimeout(ordinary);
    await recorder.dispose();
  });
});
