import type { KeyRecord } from '../core/records.ts';
import type { GatewayContext } from './context.ts';
import type { Turn, TurnEntry } from './turn.ts';
import { allowsModel, amountOf, estimateAmount } from '../core/keyLimits.ts';
import { keyExpired, limitReached, modelNotAllowed } from './keyRefusals.ts';
import { refusalOf } from './refusals.ts';
import { Refused } from './refused.ts';

/** Called once, when the request is over; resolves when what it used is durable. `left`: its client had gone by then. */
export type LeaveKey = (entry: TurnEntry, left: boolean) => Promise<void>;

/** Throws while the gateway is paused, and when the key's time is over. */
export function refuseClosed({ isPaused, clock }: Pick<GatewayContext, 'isPaused' | 'clock'>, key: KeyRecord): void {
  if (isPaused()) throw new Refused(refusalOf.paused());
  const now = clock.now();
  if (key.expiresAt !== null && now >= key.expiresAt * 1000) throw new Refused(keyExpired(key, key.expiresAt));
}

/** Lets a request of a key with limits begin, or throws the refusal. Null for a key without limits: nothing is counted then. */
export async function enterKey(context: GatewayContext, turn: Turn, bytes: number): Promise<LeaveKey | null> {
  const { key: { limits }, key, model, request: { facts } } = turn;
  if (limits === null) return null;
  if (limits.models !== null && !allowsModel(limits.models, model)) throw new Refused(modelNotAllowed(key, limits.models, model));
  const estimate = estimateAmount(model, bytes, { maxOutput: facts.maxOutputTokens, cost: context.prices.costOf });
  const admission = await context.budgets.admit({ id: key.id, limits }, estimate);
  if (admission.reached) throw new Refused(limitReached(key, admission.reached, context.clock.now()));
  return ({ usage, firstByteAt }, left) => {
    if (usage !== null) return admission.leave(amountOf(model, context.prices.costOf, usage));
    // Who hangs up in the middle of an answer never hears what it cost, and neither do we: its estimate stands.
    return admission.leave(left && firstByteAt !== null ? estimate : null);
  };
}
