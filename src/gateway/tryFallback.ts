import type { GatewayContext } from './context.ts';
import type { Turn } from './turn.ts';
import type { TurnClient } from './turnClient.ts';
import { send } from './runAttempt.ts';

/**
 * The OpenAI platform, after all accounts, with the first account's API key that is really one. True when it answered the client. Its failures say
 * nothing about the account.
 */
export async function tryFallback(context: GatewayContext, turn: Turn, client: TurnClient): Promise<boolean> {
  const { fallbackTarget, pool } = context;
  if (fallbackTarget === null || turn.gone.gone) return false;
  const payer = pool.list().find(({ account, tokens }) => account.enabled && tokens.apiKey !== null && tokens.apiKey.startsWith('sk-'));
  const outgoing = payer && turn.request.forPlatform();
  if (!payer || !outgoing) return false;
  const headers = [...turn.headers, 'authorization', `Bearer ${payer.tokens.apiKey}`];
  const end = await send(context, turn, client, { target: fallbackTarget, headers, body: outgoing, account: payer.account });
  return end.kind !== 'failed' || end.failure.kind === 'clientGone';
}
