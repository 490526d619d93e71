import type { FaultInput } from '../../src/lab/options.ts';

/** What a request does after the failure: the next account; the same one again if no other is left; the same one with a renewed token; the same one after 250 ms; nothing, because the client gets the answer as it came. */
export type Then = 'next' | 'again if alone' | 'renewed' | 'by the same route' | 'returned';

/** Where in an answer it happens. A client that reads a stream has seen content in the last two, and nothing in the others. */
export type Place = 'instead of an answer' | 'before content' | 'after the first content' | 'near the end';
export const inStream: readonly Place[] = ['before content', 'after the first content', 'near the end'];

/** How many events of an answer come first. */
export const eventsBefore: Readonly<Record<Place, number>> = { 'instead of an answer': 0, 'before content': 1, 'after the first content': 3, 'near the end': 11 };

/** One line of the failure table (design 5.1): what the provider does, and what follows. Times are seconds from the moment of the failure. */
export interface Row {
  readonly name: string;
  readonly places: readonly Place[];
  /** `hold`: until the client has surely seen the events before. */
  readonly fault: (afterEvents: number, hold: boolean) => FaultInput;
  /** The issuer refuses to renew the token, with this code. */
  readonly refreshRefused?: string;
  readonly then: Then;
  /** What the log says of the attempt: the HTTP status, null when there was none, and the reason. */
  readonly attempt: readonly [number | null, string];
  /** What becomes of the account that fails and of none other; the first three leave its status as it was. */
  readonly account: string;
  /** The same when the stream was committed already, where that differs. */
  readonly committed?: string;
  /** What the client gets when every account fails so, or when the answer is returned: `status type/code`, then what the client is told about time. */
  readonly answer: string;
  /** What ends a committed stream. */
  readonly end?: string;
  /** What the log says of an answer that was returned as it came. */
  readonly logged?: string;
}

const json = (status: number, error: Record<string, unknown>, headers: Record<string, string> = {}) => (): FaultInput => ({ kind: 'status', status, headers, body: { error } });
const whole = ['instead of an answer'] as const;

/** Answers a client gets when nobody is left. */
const allFailed = '502 server_error/upstream_error, retry after 5 s';
const nobody = '400 invalid_request_error/no_account_available';
const back = (seconds: number): string => `429 rate_limit_error/rate_limit_exceeded, retry after ${seconds} s`;
const spent = (seconds: number): string => `429 usage_limit_reached/usage_limit_reached, retry after ${seconds} s, resets in ${seconds} s`;
const exhausted = (seconds: number): string => `exhausted (usage_limit_reached), back in ${seconds} s`;
const cooling = (reason: string, seconds: number): string => `coolingDown (${reason}), back in ${seconds} s`;
const modelOut = 'not for this model for 3600 s';

const windows = (resetsIn: number): Record<string, string> => ({ 'x-codex-primary-used-percent': '100', 'x-codex-primary-window-minutes': '300', 'x-codex-primary-reset-after-seconds': String(resetsIn) });

const logins: readonly Row[] = [
  { name: '401, and the token can be renewed', places: whole, fault: json(401, { code: 'token_expired', message: 'x' }), then: 'renewed', attempt: [401, '401 token_expired'], account: cooling('unauthorized', 60), answer: back(60) },
  ...['invalid_grant', 'refresh_token_reused', 'refresh_token_expired', 'refresh_token_invalidated'].map((code): Row => ({
    name: `401, and the refresh is refused: ${code}`, places: whole, fault: json(401, { code: 'token_expired' }), refreshRefused: code, then: 'next', attempt: [401, '401 token_expired'], account: `needsLogin (${code})`, answer: nobody,
  })),
  { name: '401, and the issuer is in trouble', places: whole, fault: json(401, {}), refreshRefused: 'http_500', then: 'next', attempt: [401, '401'], account: cooling('token_refresh_failed', 60), answer: back(60) },
];

const closed: readonly Row[] = [
  { name: '403 with a challenge page', places: whole, fault: () => ({ kind: 'challenge' }), then: 'next', attempt: [403, '403'], account: cooling('challenge', 6), answer: back(6) },
  ...['deactivated_workspace', 'account_deactivated'].map((code): Row => ({ name: `403 ${code}`, places: whole, fault: json(403, { code }), then: 'next', attempt: [403, `403 ${code}`], account: `blocked (${code})`, answer: nobody })),
  { name: '403 that names the account in its message only', places: whole, fault: json(403, { message: 'Your account was suspended.' }), then: 'next', attempt: [403, '403'], account: 'blocked (access_denied)', answer: nobody },
];

const limits: readonly Row[] = [
  { name: '402', places: whole, fault: json(402, { message: 'Payment required' }), then: 'next', attempt: [402, '402'], account: exhausted(300), answer: spent(300) },
  { name: '402 deactivated_workspace', places: whole, fault: json(402, { code: 'deactivated_workspace' }), then: 'next', attempt: [402, '402 deactivated_workspace'], account: 'blocked (deactivated_workspace)', answer: nobody },
  { name: '402 that says when', places: whole, fault: json(402, { code: 'deactivated', resets_in_seconds: 900 }), then: 'next', attempt: [402, '402 deactivated'], account: exhausted(900), answer: spent(900) },
  { name: '429 usage_limit_reached', places: whole, fault: json(429, { type: 'usage_limit_reached', resets_in_seconds: 1_200 }, windows(600)), then: 'next', attempt: [429, '429 usage_limit_reached'], account: exhausted(1_200), answer: spent(1_200) },
  { name: '429 usage_limit_reached without a time', places: whole, fault: json(429, { type: 'usage_limit_reached' }), then: 'next', attempt: [429, '429 usage_limit_reached'], account: exhausted(300), answer: spent(300) },
  { name: '429 usage_not_included', places: whole, fault: json(429, { code: 'usage_not_included' }), then: 'next', attempt: [429, '429 usage_not_included'], account: exhausted(300), answer: spent(300) },
  { name: '429 with spent windows in its headers', places: whole, fault: json(429, { message: 'x' }, windows(1_800)), then: 'next', attempt: [429, '429'], account: exhausted(1_800), answer: spent(1_800) },
  { name: '429 with Retry-After', places: whole, fault: json(429, { code: 'rate_limit_exceeded' }, { 'retry-after': '30' }), then: 'next', attempt: [429, '429 rate_limit_exceeded'], account: cooling('rate_limited', 30), answer: back(30) },
  { name: 'a plain 429', places: whole, fault: json(429, {}), then: 'next', attempt: [429, '429'], account: cooling('rate_limited', 5), answer: back(5) },
];

const models: readonly Row[] = [
  { name: '400 model not supported', places: whole, fault: () => ({ kind: 'status', status: 400, body: { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." } }), then: 'next', attempt: [400, '400'], account: modelOut, answer: nobody },
  { name: '404 model_not_found', places: whole, fault: json(404, { code: 'model_not_found', message: 'x' }), then: 'next', attempt: [404, '404 model_not_found'], account: modelOut, answer: nobody },
];

const clientFaults: readonly Row[] = [400, 403, 404, 409, 413, 415, 422].map((status) => ({
  name: `${status} for the client's own mistake`, places: whole, fault: json(status, { message: 'as it came', type: 'odd', code: 'very_odd' }), then: 'returned', attempt: [status, `${status} very_odd`], account: 'as before', answer: `${status} odd/very_odd`, logged: 'as it came',
}));

const saysNothing: Row = { name: '400 that says nothing', places: whole, fault: json(400, { param: 'x' }), then: 'returned', attempt: [400, '400'], account: 'as before', answer: '400 undefined/undefined', logged: '400' };

const trouble: readonly Row[] = [
  ...[408, 500, 502, 503, 529].map((status): Row => ({ name: String(status), places: whole, fault: json(status, { message: 'x' }), then: 'again if alone', attempt: [status, String(status)], account: 'less healthy', answer: allFailed })),
  { name: '503 server_is_overloaded', places: whole, fault: json(503, { code: 'server_is_overloaded' }), then: 'again if alone', attempt: [503, '503 server_is_overloaded'], account: 'less healthy', answer: allFailed },
  { name: 'a redirect', places: whole, fault: json(307, {}, { location: 'http://127.0.0.1:9/' }), then: 'again if alone', attempt: [307, '307'], account: 'less healthy', answer: allFailed },
  { name: 'a reset', places: whole, fault: () => ({ kind: 'reset' }), then: 'again if alone', attempt: [null, 'connection_reset'], account: 'less healthy', answer: allFailed },
  { name: 'a stream that is cut before an event is whole', places: whole, fault: () => ({ kind: 'wrongLength' }), then: 'again if alone', attempt: [200, 'connection_reset'], account: 'less healthy', answer: allFailed },
  { name: 'JSON in the place of a stream', places: whole, fault: () => ({ kind: 'json' }), then: 'again if alone', attempt: [200, 'not_an_event_stream'], account: 'less healthy', answer: allFailed },
  { name: 'a page in the place of a stream', places: whole, fault: json(200, {}, { 'content-type': 'text/html' }), then: 'again if alone', attempt: [200, 'not_an_event_stream'], account: 'less healthy', answer: allFailed },
];

const gone = 'response.failed server_error';
const breaks: readonly Row[] = [
  { name: 'a cut', places: inStream, fault: (afterEvents, hold) => ({ kind: 'cut', afterEvents, hold }), then: 'again if alone', attempt: [200, 'connection_reset'], account: 'less healthy', answer: allFailed, end: gone },
  { name: 'a cut within an event', places: inStream, fault: (afterEvents, hold) => ({ kind: 'cut', afterEvents, hold, afterBytes: 30 }), then: 'again if alone', attempt: [200, 'connection_reset'], account: 'less healthy', answer: allFailed, end: gone },
  { name: 'a stream without an event', places: ['before content'], fault: () => ({ kind: 'ends' }), then: 'again if alone', attempt: [200, 'stream_ended_early'], account: 'less healthy', answer: allFailed },
  { name: 'an end too early', places: inStream, fault: (afterEvents, hold) => ({ kind: 'ends', afterEvents, hold }), then: 'again if alone', attempt: [200, 'stream_ended_early'], account: 'less healthy', answer: allFailed, end: gone },
];

type EventRow = Pick<Row, 'then' | 'account' | 'committed' | 'answer' | 'logged'> & { readonly says: string; readonly end?: string };
const events: Readonly<Record<string, EventRow>> = {
  server_error: { says: '500 server_error', then: 'again if alone', account: 'less healthy', answer: allFailed },
  something_new: { says: '500 something_new', then: 'again if alone', account: 'less healthy', answer: allFailed },
  server_is_overloaded: { says: '503 server_is_overloaded', then: 'again if alone', account: 'less healthy', answer: allFailed },
  slow_down: { says: '503 slow_down', then: 'again if alone', account: 'less healthy', answer: allFailed },
  rate_limit_exceeded: { says: '429 rate_limit_exceeded', then: 'next', account: cooling('rate_limited', 5), answer: back(5) },
  usage_limit_reached: { says: '429 usage_limit_reached', then: 'next', account: exhausted(300), answer: spent(300) },
  usage_not_included: { says: '429 usage_not_included', then: 'next', account: exhausted(300), answer: spent(300) },
  insufficient_quota: { says: '429 insufficient_quota', then: 'next', account: exhausted(300), answer: spent(300) },
  token_expired: { says: '401 token_expired', then: 'renewed', account: cooling('unauthorized', 60), answer: back(60) },
  model_not_found: { says: '404 model_not_found', then: 'next', account: modelOut, committed: `${modelOut}, less healthy`, answer: nobody },
  context_length_exceeded: { says: '400 context_length_exceeded', then: 'returned', account: 'as before', answer: '400 invalid_request_error/context_length_exceeded', end: 'context_length_exceeded', logged: 'scripted failure' },
  invalid_prompt: { says: '400 invalid_prompt', then: 'returned', account: 'as before', answer: '400 invalid_request_error/invalid_prompt', end: 'invalid_prompt', logged: 'scripted failure' },
};

const failedEvents: readonly Row[] = Object.entries(events).map(([code, { says, end, ...row }]) => ({
  ...row, name: `response.failed ${code}`, places: inStream, attempt: [200, says], end: end ? `response.failed ${end}` : gone, fault: (afterEvents, hold) => ({ kind: 'failed', code, afterEvents, hold }),
}));

/** A top-level `error` event that names an HTTP status, and what else it says. */
const errorEvent = (status: number, error: Record<string, unknown>) => (afterEvents: number, hold: boolean): FaultInput => ({ kind: 'error', error: { status, error }, afterEvents, hold });
const errorCases: readonly (readonly [string, Row['fault'], EventRow])[] = [
  ['error 401', errorEvent(401, {}), { says: '401', then: 'renewed', account: cooling('unauthorized', 60), answer: back(60) }],
  ['error 402', errorEvent(402, {}), { says: '402', then: 'next', account: exhausted(300), answer: spent(300) }],
  ['error 403 that names the workspace', errorEvent(403, { code: 'deactivated_workspace' }), { says: '403 deactivated_workspace', then: 'next', account: 'blocked (deactivated_workspace)', answer: nobody }],
  ['error 404', errorEvent(404, { code: 'odd' }), { says: '404 odd', then: 'returned', account: 'as before', answer: '404 invalid_request_error/odd', end: 'error odd', logged: 'odd' }],
  ['error 408', errorEvent(408, {}), { says: '408', then: 'again if alone', account: 'less healthy', answer: allFailed }],
  ['error 429', errorEvent(429, {}), { says: '429', then: 'next', account: cooling('rate_limited', 5), answer: back(5) }],
  ['error 429 usage_limit_reached', errorEvent(429, { type: 'usage_limit_reached', resets_in_seconds: 600 }), { says: '429 usage_limit_reached', then: 'next', account: exhausted(600), answer: spent(600) }],
  ['error 500', errorEvent(500, {}), { says: '500', then: 'again if alone', account: 'less healthy', answer: allFailed }],
  ['error 529', errorEvent(529, {}), { says: '529', then: 'again if alone', account: 'less healthy', answer: allFailed }],
  ['error of unknown kind', (afterEvents, hold) => ({ kind: 'error', error: { code: 'odd', message: 'x' }, afterEvents, hold }), { says: '500 odd', then: 'again if alone', account: 'less healthy', answer: allFailed }],
];
const errorEvents: readonly Row[] = errorCases.map(([name, fault, { says, end, ...row }]) => ({ ...row, name, fault, places: inStream, attempt: [200, says], end: end ?? gone }));

/** The last events come in one piece with the failure. */
const together: Row = {
  name: 'response.failed together with content', places: ['near the end'], attempt: [200, '500 server_error'], then: 'again if alone', account: 'less healthy', answer: allFailed, end: gone,
  fault: (afterEvents, hold) => ({ kind: 'failed', code: 'server_error', afterEvents, ...(hold && { holdAt: 6 }) }),
};

/** Everything that shows itself at once. */
export const faultTable: readonly Row[] = [together, ...logins, ...closed, ...limits, ...models, ...clientFaults, saysNothing, ...trouble, ...breaks, ...failedEvents, ...errorEvents];

/** Nothing could be sent; there is no other route here. */
export const noConnection: Row = {
  name: 'no connection', places: whole, fault: () => ({ kind: 'delay', ms: 0 }), then: 'by the same route', attempt: [null, 'no connection: ECONNREFUSED'], account: 'as before', answer: '502 server_error/upstream_unreachable, retry after 2 s',
};

/** How long an account rests after one failure of a kind after the other, seconds; after a success from the beginning again. */
export const ladders: readonly { readonly name: string; readonly fault: FaultInput; readonly seconds: readonly number[] }[] = [
  { name: 'a challenge page', fault: { kind: 'challenge' }, seconds: [6, 30, 120, 600, 600] },
  { name: 'a plain 429', fault: { kind: 'status', status: 429 }, seconds: [5, 10, 20, 40, 80, 160, 300, 300] },
];

/** What shows itself by silence. */
export const silenceTable: readonly Row[] = [
  { name: 'no headers', places: whole, fault: () => ({ kind: 'stall' }), then: 'again if alone', attempt: [null, 'header_timeout'], account: 'less healthy', answer: allFailed },
  { name: 'silence', places: inStream, fault: (afterEvents) => ({ kind: 'stall', afterEvents }), then: 'next', attempt: [200, 'the stream fell silent'], account: 'less healthy', answer: allFailed, end: gone },
];
