import { createHash, randomBytes } from 'node:crypto';
import type { LabAccount } from './labAccount.ts';

interface Device { readonly id: string; readonly userCode: string; readonly expiresAt: number; answer: LabAccount | 'denied' | null; polls: number }

export interface DeviceTerms {
  readonly intervalSeconds: number;
  readonly lifetimeSeconds: number;
  /** Whether the first poll of each code is told to slow down. */
  readonly slowDownOnce: boolean;
}

/** What a poll is answered: who approved the code, or an error as RFC 8628 names it. */
export type Polled = { readonly account: LabAccount } | { readonly status: number; readonly error: string };

/** Codes that are typed on the device page. */
export class DeviceCodes {
  readonly #terms: DeviceTerms;
  readonly #now: () => number;
  readonly #devices: Device[] = [];

  constructor(terms: DeviceTerms, now: () => number) {
    this.#terms = terms;
    this.#now = now;
  }

  /** The body of a new code, its interval a text, as the real issuer has it. */
  give(): Record<string, unknown> {
    const { lifetimeSeconds, intervalSeconds } = this.#terms;
    const userCode = `${randomBytes(2).toString('hex')}-${randomBytes(3).toString('hex')}`.toUpperCase();
    const device = { id: `deviceauth_${randomBytes(8).toString('hex')}`, userCode, expiresAt: this.#now() + lifetimeSeconds * 1000, answer: null, polls: 0 };
    this.#devices.push(device);
    return { device_auth_id: device.id, user_code: userCode, interval: String(intervalSeconds) };
  }

  /** A person approves (as an account) or denies a code. False when there is none that waits. */
  decide(userCode: string, answer: LabAccount | 'denied'): boolean {
    const device = this.#devices.find((one) => one.userCode === userCode.trim().toUpperCase() && one.answer === null && one.expiresAt > this.#now());
    if (device) device.answer = answer;
    return device !== undefined;
  }

  /** An approved code is given out once. */
  poll(id: string | undefined, userCode: string | undefined): Polled {
    const device = this.#devices.find((one) => one.id === id && one.userCode === userCode);
    if (!device) return { status: 403, error: 'authorization_pending' };
    device.polls += 1;
    if (device.expiresAt <= this.#now()) return { status: 400, error: 'expired_token' };
    if (device.polls === 1 && this.#terms.slowDownOnce) return { status: 400, error: 'slow_down' };
    if (device.answer === 'denied') return { status: 400, error: 'access_denied' };
    if (device.answer === null) return { status: 403, error: 'authorization_pending' };
    this.#devices.splice(this.#devices.indexOf(device), 1);
    return { account: device.answer };
  }
}

/** The PKCE pair that the issuer makes itself for a device code. */
export function devicePair(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}
