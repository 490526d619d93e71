import type { GatewayContext } from './context.ts';
import type { Chosen, RouteRequest } from './ports.ts';
import type { Turn } from './turn.ts';
import { skipOf } from '../core/selectAccount.ts';

/** The account this request is bound to while it is eligible, else the one that routing chooses; one that just broke a stream only if there is no other. The first choice is written down with its reasons. */
export function nextAccount(context: GatewayContext, turn: Turn): Chosen | null {
  const { pool, clock, routes } = context;
  const now = clock.now();
  const request: RouteRequest = { ...turn.asking, keyId: turn.key.id, conversation: turn.conversation, now, tried: turn.tried };
  const chosen = boundAccount(context, turn, request) ?? chooseOther(context, request);
  turn.entry.route ??= routes.record(pool.roster(), request, chosen, turn.request.preferred);
  return chosen;
}

function boundAccount({ pool, recentCuts }: GatewayContext, turn: Turn, { now, tried }: RouteRequest): Chosen | null {
  const { preferred } = turn.request;
  const stored = preferred === undefined || tried.has(preferred) || recentCuts.has(preferred, now) ? undefined : pool.find(preferred);
  return stored && skipOf(stored, turn.asking, now) === null ? { stored, why: 'bound' } : null;
}

function chooseOther({ pool, recentCuts, routes }: GatewayContext, request: RouteRequest): Chosen | null {
  const avoided = recentCuts.with(request.tried, request.now);
  return (avoided && routes.choose(pool.roster(), { ...request, tried: avoided })) ?? routes.choose(pool.roster(), request);
}
