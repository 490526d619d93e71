import type { BudgetName } from '../contract/platformKey.ts';
import type { KeyRecord } from '../core/records.ts';
import type { Reached } from '../core/keyLedger.ts';
import type { Refusal } from '../protocol/refusal.ts';
import { budgets, perDollar } from '../core/keyLimits.ts';
import { localTimeText } from '../core/localWindows.ts';

/** Pause before a client asks again for what running requests have reserved: Codex asks five times. */
const reservedRetrySeconds = 5;

type Named = Pick<KeyRecord, 'id' | 'name'>;

export function keyExpired(key: Named, expiresAt: number): Refusal {
  return { status: 403, code: 'key_expired', type: 'permission_error', message: `${named(key)} expired at ${localTimeText(expiresAt * 1000)}. Give it a later date in CodexManager, or use another key.` };
}

export function modelNotAllowed(key: Named, models: readonly string[], model: string | null): Refusal {
  const asked = model === null ? 'must be asked for a model by name' : `may not use the model ${model.slice(0, 200)}`;
  return { status: 403, code: 'model_not_allowed', type: 'permission_error', param: 'model', message: `${named(key)} ${asked}. Allowed: ${models.join(', ')}.` };
}

/**
 * A limit is reached. What is over soon is a `rate_limit_exceeded`, which Codex waits out and repeats. A spent budget is told as `usage_limit_reached`, the one
 * type of a 429 that ends a Codex turn at once and lets it print words of ours; with any other it would say nothing, or wait for hours.
 */
export function limitReached(key: Named, reached: Reached, now: number): Refusal {
  const { name, freeAt } = reached;
  const what = `${named(key)} ${usedText(reached)}`;
  if (name === 'concurrentRequests') return tooMuchNow(`${what}. It is free again when one of them is over.`, 1);
  if (freeAt === null && name !== 'requestsPerMinute') return tooMuchNow(`${what}, and its running requests have reserved ${amountText(name, reached.reserved)} more. It is free again when they are over and have used less.`, reservedRetrySeconds);
  const at = freeAt ?? now;
  const seconds = Math.max(1, Math.ceil((at - now) / 1000));
  if (name === 'requestsPerMinute') return tooMuchNow(`${what}. It is free again in ${seconds} s.`, seconds);
  return {
    status: 429, code: 'insufficient_quota', type: 'usage_limit_reached', retryAfterSeconds: seconds, resetsAt: Math.ceil(at / 1000),
    message: `${what}. It is free again at ${localTimeText(at)}; its limit can be raised in CodexManager.`,
    promoMessage: inHeader(`${what}. Raise its limit in CodexManager`),
  };
}

function tooMuchNow(message: string, retryAfterSeconds: number): Refusal {
  return { status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error', retryAfterSeconds, message };
}

function usedText({ name, used, limit }: Reached): string {
  if (name === 'concurrentRequests') return `has ${count(used)} of ${count(limit)} requests running`;
  if (name === 'requestsPerMinute') return `has made ${count(used)} of ${count(limit)} requests in a minute`;
  const { unit, window } = budgets[name];
  return `has used ${amountText(name, used)} of ${amountText(name, limit)}${unit === 'tokens' ? ' tokens' : ''} per ${window}`;
}

function amountText(name: BudgetName, amount: number): string {
  return budgets[name].unit === 'tokens' ? count(amount) : dollars(amount);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function dollars(billionths: number): string {
  const value = billionths / perDollar;
  return `$${value.toFixed(value < 1 ? 4 : 2)}`;
}

function named({ id, name }: Named): string {
  return `The platform key ${name ?? id}`;
}

/** A header's value has visible ASCII only. */
function inHeader(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
