import assert from 'node:assert/strict';
import { pollDevice, type DeviceOutcome } from '../../../../src/service/login/pollDevice.ts';
import type { DevicePolled } from '../../../../src/upstream/login.ts';
import { ManualClock } from '../../../lab/manualClock.ts';

describe('pollDevice', () => {
  const device = { deviceAuthId: 'd', userCode: 'AB-12', intervalSeconds: 3, expiresInSeconds: 60 };
  /** Polls with these answers; `waits` are the seconds before each poll. */
  const run = async (answers: readonly DevicePolled[], signal = new AbortController().signal): Promise<{ outcome: DeviceOutcome; waits: number[] }> => {
    const clock = new ManualClock();
    const waits: number[] = [];
    const left = [...answers];
    const sleeper = { now: clock.now, sleep: (ms: number): Promise<void> => {
      waits.push(ms / 1000);
      clock.pass(ms);
      return signal.aborted ? Promise.reject(new DOMException('Aborted.', 'AbortError')) : Promise.resolve();
    } };
    const outcome = await pollDevice({ pollDevice: () => Promise.resolve(left.shift() ?? { kind: 'pending' }) }, sleeper, device, clock.now() + 60_000, { signal, proxy: null });
    return { outcome, waits };
  };

  it('keeps the issuer\'s pace', async () => {
    const approved = { kind: 'approved', code: 'c', verifier: 'v' } as const;
    assert.deepEqual(await run([{ kind: 'pending' }, { kind: 'pending' }, approved]), { outcome: approved, waits: [3, 3, 3] });
    assert.deepEqual((await run([{ kind: 'slower', seconds: null }, { kind: 'pending' }, { kind: 'slower', seconds: null }, approved])).waits, [3, 8, 8, 13], 'slow_down lasts');
    assert.deepEqual((await run([{ kind: 'slower', seconds: 20 }, { kind: 'pending' }, { kind: 'slower', seconds: 1 }, approved])).waits, [3, 20, 3, 3], 'Retry-After counts once, and never hurries');
  });

  it('ends with the code\'s life, however long it was told to wait', async () => {
    assert.deepEqual((await run([])).outcome, { kind: 'expired' });
    assert.deepEqual(await run([{ kind: 'slower', seconds: 3600 }]), { outcome: { kind: 'expired' }, waits: [3, 57] });
  });

  it('ends with what the issuer says', async () => {
    for (const kind of ['expired', 'denied'] as const) assert.deepEqual((await run([{ kind }])).outcome, { kind });
    assert.deepEqual((await run([{ kind: 'failed', reason: 'x' }])).outcome, { kind: 'failed', reason: 'x' });
  });

  it('ends at once with its signal', async () => {
    await assert.rejects(run([], AbortSignal.abort()), { name: 'AbortError' });
  });
});
