import type { Clock } from '../../core/clock.ts';
import type { DeviceCode, DevicePolled, LoginCall, LoginIssuer } from '../../upstream/login.ts';

export type DeviceOutcome = Exclude<DevicePolled, { kind: 'pending' } | { kind: 'slower' }>;

/** What `slow_down` adds to the interval (RFC 8628, 3.5), s. */
const slowDownSeconds = 5;

/** Asks at the issuer's pace until the code is approved, refused or over (`deadline`, Unix ms). Rejects with an AbortError when the call's signal fires. */
export async function pollDevice(issuer: Pick<LoginIssuer, 'pollDevice'>, clock: Clock, device: DeviceCode, deadline: number, call: LoginCall): Promise<DeviceOutcome> {
  let interval = device.intervalSeconds;
  let wait = interval;
  for (;;) {
    await clock.sleep(Math.max(Math.min(wait * 1000, deadline - clock.now()), 0), call.signal);
    if (clock.now() >= deadline) return { kind: 'expired' };
    const polled = await issuer.pollDevice(device, call);
    if (polled.kind === 'slower' && polled.seconds === null) interval += slowDownSeconds;
    else if (polled.kind !== 'pending' && polled.kind !== 'slower') return polled;
    wait = polled.kind === 'slower' ? Math.max(polled.seconds ?? 0, interval) : interval;
  }
}
