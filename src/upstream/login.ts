import * as z from 'zod/mini';
import type { Clock } from '../core/clock.ts';
import { codexIdentity } from '../core/codexClient.ts';
import { issuerText } from '../core/issuerText.ts';
import type { HttpAnswer, HttpSend } from './httpSend.ts';

/** The tokens of a new login, as the issuer gives them; blank and missing are null. */
export interface LoginTokens { readonly idToken: string | null; readonly accessToken: string; readonly refreshToken: string }

/** `reason` is a plain clause for a message, without any secret. */
export type Exchanged = { readonly kind: 'tokens'; readonly tokens: LoginTokens } | { readonly kind: 'failed'; readonly reason: string };

export interface DeviceCode {
  readonly deviceAuthId: string;
  readonly userCode: string;
  readonly intervalSeconds: number;
  readonly expiresInSeconds: number;
}

/** `notEnabled`: this issuer has no device codes for us. */
export type DeviceStarted = { readonly kind: 'started'; readonly device: DeviceCode } | { readonly kind: 'notEnabled' } | { readonly kind: 'failed'; readonly reason: string };

/** What a poll said. `slower`: wait for so many seconds from now on; null: five more than before (RFC 8628, 3.5). */
export type DevicePolled =
  | { readonly kind: 'pending' }
  | { readonly kind: 'slower'; readonly seconds: number | null }
  | { readonly kind: 'expired' | 'denied' }
  | { readonly kind: 'approved'; readonly code: string; readonly verifier: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface CodeToExchange { readonly code: string; readonly verifier: string; readonly redirectUri: string }

/** How a login's calls go, and what ends them. `proxy`: that of the account that signs in again; null: the way everybody goes. */
export interface LoginCall { readonly signal: AbortSignal; readonly proxy: string | null }

/** The issuer's side of a login. Nothing here throws; a signal ends a call at once, which then failed. */
export interface LoginIssuer {
  exchange(code: CodeToExchange, call: LoginCall): Promise<Exchanged>;
  startDevice(call: LoginCall): Promise<DeviceStarted>;
  pollDevice(device: Pick<DeviceCode, 'deviceAuthId' | 'userCode'>, call: LoginCall): Promise<DevicePolled>;
}

export interface LoginIssuerOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly send: HttpSend;
  readonly clock: Clock;
}

/** Longest life of a device code, as the official client has it. */
const mostDeviceSeconds = 900;
const retryAfterMs = 250;

const text = z.optional(z.nullable(z.string()));
const count = z.optional(z.catch(z.nullable(z.union([z.number(), z.string()])), null));
const Tokens = z.looseObject({ id_token: text, access_token: text, refresh_token: text });
const Device = z.looseObject({ device_auth_id: z.string(), user_code: text, usercode: text, interval: count, expires_in: count });
const Approved = z.looseObject({ authorization_code: z.string(), code_verifier: z.string() });
const Refused = z.looseObject({
  error: z.optional(z.union([z.string(), z.looseObject({ code: text, message: text })])),
  code: text, error_description: text, message: text, detail: z.optional(z.catch(text, null)),
});

/** Browser and device logins as Codex CLI does them. */
export function makeLoginIssuer({ issuer, clientId, send, clock }: LoginIssuerOptions): LoginIssuer {
  const json = (path: string, body: unknown, call: LoginCall): Promise<HttpAnswer> =>
    send(`${issuer}/api/accounts/deviceauth/${path}`, { body: JSON.stringify(body), headers: ['content-type', 'application/json', ...codexIdentity], ...call });
  const form = (fields: Record<string, string>, call: LoginCall): Promise<HttpAnswer> =>
    send(`${issuer}/oauth/token`, { body: new URLSearchParams(fields).toString(), headers: ['content-type', 'application/x-www-form-urlencoded', ...codexIdentity], ...call });
  return {
    async exchange({ code, verifier, redirectUri }, call) {
      const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: clientId, code_verifier: verifier };
      let answer = await form(fields, call);
      // Nothing left this computer, so the code is not spent.
      if (answer.kind === 'failed' && !answer.sent && await passed(clock, retryAfterMs, call.signal)) answer = await form(fields, call);
      return exchanged(answer);
    },
    startDevice: async (call) => deviceStarted(await json('usercode', { client_id: clientId }, call)),
    pollDevice: async ({ deviceAuthId, userCode }, call) => devicePolled(await json('token', { device_auth_id: deviceAuthId, user_code: userCode }, call), clock.now()),
  };
}

/** False when the wait was cut short. */
function passed(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(ms, signal).then(() => true, () => false);
}

function exchanged(answer: HttpAnswer): Exchanged {
  if (answer.kind === 'failed' || !isGood(answer.status)) return { kind: 'failed', reason: failureOf(answer) };
  const tokens = Tokens.safeParse(parse(answer.body)).data;
  if (!tokens) return { kind: 'failed', reason: 'its answer could not be read' };
  if (!tokens.access_token) return { kind: 'failed', reason: 'its answer has no access_token' };
  if (!tokens.refresh_token) return { kind: 'failed', reason: 'its answer has no refresh_token, without which the login would end within days' };
  return { kind: 'tokens', tokens: { idToken: tokens.id_token || null, accessToken: tokens.access_token, refreshToken: tokens.refresh_token } };
}

function deviceStarted(answer: HttpAnswer): DeviceStarted {
  if (answer.kind === 'answer' && answer.status === 404) return { kind: 'notEnabled' };
  if (answer.kind === 'failed' || !isGood(answer.status)) return { kind: 'failed', reason: failureOf(answer) };
  const device = Device.safeParse(parse(answer.body)).data;
  const userCode = device?.user_code || device?.usercode;
  if (!device || !userCode) return { kind: 'failed', reason: 'its answer could not be read' };
  return {
    kind: 'started',
    device: {
      deviceAuthId: device.device_auth_id, userCode,
      intervalSeconds: Math.min(Math.max(seconds(device.interval) ?? 5, 1), 60),
      expiresInSeconds: Math.min(Math.max(seconds(device.expires_in) ?? mostDeviceSeconds, 1), mostDeviceSeconds),
    },
  };
}

/** The official issuer says 403 or 404 while it waits; RFC 8628 has codes in the body. A network in trouble is waited out. */
function devicePolled(answer: HttpAnswer, nowMs: number): DevicePolled {
  if (answer.kind === 'failed') return { kind: 'pending' };
  if (isGood(answer.status)) {
    const approved = Approved.safeParse(parse(answer.body)).data;
    return approved ? { kind: 'approved', code: approved.authorization_code, verifier: approved.code_verifier } : { kind: 'failed', reason: 'its answer could not be read' };
  }
  switch (errorOf(answer.body).code) {
    case 'authorization_pending': return { kind: 'pending' };
    case 'slow_down': return { kind: 'slower', seconds: null };
    case 'expired_token': return { kind: 'expired' };
    case 'access_denied': return { kind: 'denied' };
    default:
  }
  if (answer.status === 429) return { kind: 'slower', seconds: retryAfterSeconds(answer.retryAfter, nowMs) };
  return answer.status === 403 || answer.status === 404 || answer.status === 408 || answer.status >= 500 ? { kind: 'pending' } : { kind: 'failed', reason: failureOf(answer) };
}

/** Retry-After: seconds or a date (RFC 9110, 10.2.3). */
function retryAfterSeconds(header: string | null | undefined, nowMs: number): number | null {
  if (header === null || header === undefined) return null;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) : Math.ceil((Date.parse(header) - nowMs) / 1000);
  return Number.isFinite(wait) ? Math.max(wait, 1) : null;
}

function failureOf(answer: HttpAnswer): string {
  if (answer.kind === 'failed') return `it could not be reached (${answer.reason})`;
  const { code, description } = errorOf(answer.body);
  const detail = [code, description].filter((part) => part !== null).map(issuerText).join(': ');
  return `it answered with status ${answer.status}${detail === '' ? '' : ` (${detail})`}`;
}

function errorOf(body: string): { readonly code: string | null; readonly description: string | null } {
  const refused = Refused.safeParse(parse(body)).data;
  if (!refused) return { code: null, description: null };
  const inner = typeof refused.error === 'object' ? refused.error : null;
  const code = typeof refused.error === 'string' ? refused.error : (inner?.code ?? refused.code);
  return { code: code || null, description: refused.error_description || inner?.message || refused.message || refused.detail || null };
}

function seconds(value: number | string | null | undefined): number | null {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null;
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
