import { hash } from 'node:crypto';
import type { AccountId } from '../../contract/account.ts';
import type { RouteCandidate, RouteExplanation } from '../../contract/route.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import type { StoredAccount } from '../../core/records.ts';
import { AppError } from '../../core/appError.ts';
import { readStrategy } from '../../core/settingVariables.ts';
import { chooseAccount, leftOf } from '../../core/routing/chooseAccount.ts';
import { skipOf } from '../../core/selectAccount.ts';
import type { RouteRequest } from '../../gateway/ports.ts';
import type { AccountPool } from '../accountPool.ts';
import type { KeyRing } from '../keyRing.ts';
import type { RouteTable } from '../routeTable.ts';

type RouteHandlers = Pick<Handlers, 'gateway/routeStrategy/get' | 'gateway/routeStrategy/set' | 'gateway/manualAccount/get' | 'gateway/manualAccount/set' | 'gateway/manualAccount/clear' | 'route/state' | 'route/explain'>;

/** As many candidates are told. */
const mostCandidates = 200;
const options = ['ordered', 'balanced', 'headroom', 'drain'] as const;

export interface RouteHandlerDeps { readonly routes: RouteTable; readonly pool: AccountPool; readonly keys: KeyRing; readonly clock: Clock }

/** How accounts are chosen, and why. */
export function routeHandlers({ routes, pool, keys, clock }: RouteHandlerDeps): RouteHandlers {
  const pinned = (): AccountId | null => routes.state().pinned?.accountId ?? null;
  return {
    'gateway/routeStrategy/get': () => Promise.resolve({ strategy: routes.strategy, options: [...options], manualPreferredAccountId: pinned() }),
    'gateway/routeStrategy/set': async ({ strategy: name }) => {
      const strategy = readStrategy(name);
      if (!strategy) throw new AppError('badRequest', `There is no strategy "${name.slice(0, 40)}". Use ${options.join(', ')}.`);
      await routes.setStrategy(strategy);
      return { strategy };
    },
    'gateway/manualAccount/get': () => Promise.resolve({ accountId: pinned() }),
    'gateway/manualAccount/set': async ({ accountId, until }) => {
      if (!pool.find(accountId)) throw new AppError('notFound', `There is no account ${accountId}. It may have been deleted.`);
      await routes.pin({ accountId, until: until ?? null });
      return { ok: true };
    },
    'gateway/manualAccount/clear': async () => {
      await routes.pin(null);
      return { ok: true };
    },
    'route/state': () => Promise.resolve(routes.state()),
    'route/explain': (params) => Promise.resolve(explain(routes, pool, requestOf(keys, clock.now(), params ?? {}))),
  };
}

interface Hypothetical { readonly model?: string | null | undefined; readonly keyId?: string | null | undefined; readonly conversation?: string | null | undefined }

/** A request as the gateway would read it. Throws `notFound` for a key that does not exist. */
function requestOf(keys: KeyRing, now: number, { model, keyId, conversation }: Hypothetical): RouteRequest {
  const key = keyId ? keys.list().find(({ id }) => id === keyId) : undefined;
  if (keyId && !key) throw new AppError('notFound', `There is no platform key ${keyId.slice(0, 60)}. It may have been deleted.`);
  return {
    keyId: keyId ?? '', model: key?.modelSlug ?? model ?? null, groups: key?.accountGroups ?? null, plans: key?.accountPlans ?? null,
    conversation: conversation ? hash('sha256', conversation, 'hex') : null, now, tried: new Set(),
  };
}

/** What a request would meet now, without sending anything and without changing what comes next. */
function explain(routes: RouteTable, pool: AccountPool, request: RouteRequest): RouteExplanation {
  const tried = new Set<AccountId>();
  const asked: RouteRequest = { ...request, tried };
  const roster = pool.roster();
  const { accounts } = roster;
  const pinned = routes.pinnedFor(asked);
  const first = pinned ?? routes.conversationFor(asked);
  const order: StoredAccount[] = first ? [first] : [];
  if (first) tried.add(first.account.id);
  // One after the other, as if each before it had failed; chance and health are what they are now.
  for (let next = chooseAccount(roster, steady(routes, asked)); next && order.length < mostCandidates; next = chooseAccount(roster, steady(routes, asked))) {
    order.push(next);
    tried.add(next.account.id);
  }
  const places = new Map(order.map(({ account }, place) => [account.id, place + 1]));
  const others = accounts.filter(({ account }) => !places.has(account.id)).slice(0, mostCandidates - order.length);
  const candidates = [...order, ...others].map((stored) => candidateOf(routes, stored, request, places.get(stored.account.id) ?? null));
  const why = pinned ? 'pinned' : first ? 'conversation' : order.length > 0 ? 'strategy' : 'nobody';
  return { strategy: routes.strategy, chosen: order[0]?.account.id ?? null, why, candidates };
}

function steady(routes: RouteTable, request: RouteRequest) {
  return { ...routes.choiceFor(request, 0), random: () => 0 };
}

function candidateOf(routes: RouteTable, stored: StoredAccount, request: RouteRequest, place: number | null): RouteCandidate {
  const { id, label } = stored.account;
  const skip = skipOf(stored, request, request.now);
  return {
    accountId: id, label, place, reason: skip?.reason ?? null, until: skip?.until ? Math.ceil(skip.until / 1000) : null,
    health: Math.round(routes.health(id)), left: leftOf(stored, request.now), running: routes.running(id),
  };
}
