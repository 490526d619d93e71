import type { AccountId } from '../../contract/account.ts';
import type { RouteCandidate, RouteExplanation } from '../../contract/route.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import type { StoredAccount } from '../../core/records.ts';
import { AppError } from '../../core/appError.ts';
import { readStrategy } from '../../core/parseEngineConfig.ts';
import { chooseAccount, leftOf } from '../../core/routing/chooseAccount.ts';
import { skipOf } from '../../core/selectAccount.ts';
import type { RouteRequest } from '../../gateway/ports.ts';
import type { AccountPool } from '../accountPool.ts';
import type { RouteTable } from '../routeTable.ts';

type RouteHandlers = Pick<Handlers, 'gateway/routeStrategy/get' | 'gateway/routeStrategy/set' | 'gateway/manualAccount/get' | 'gateway/manualAccount/set' | 'gateway/manualAccount/clear' | 'route/state' | 'route/explain'>;

/** As many candidates are told. */
const mostCandidates = 200;
const options = ['ordered', 'balanced', 'headroom', 'drain'] as const;

/** How accounts are chosen, and why. */
export function routeHandlers(routes: RouteTable, pool: AccountPool, clock: Clock): RouteHandlers {
  const pinned = (): AccountId | null => routes.state().pinned?.accountId ?? null;
  return {
    'gateway/routeStrategy/get': () => Promise.resolve({ strategy: routes.strategy, options: [...options], manualPreferredAccountId: pinned() }),
    'gateway/routeStrategy/set': async ({ strategy: name }) => {
      const strategy = readStrategy(name);
      if (!strategy) throw new AppError('badRequest', `There is no strategy "${name.slice(0, 40)}". Use ${options.join(', ')}.`);
      if (routes.state().locked) throw new AppError('conflict', `CODEXMANAGER_ROUTE_STRATEGY decides the strategy (${routes.strategy}) while it is set. Unset it to change the strategy here.`);
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
    'route/explain': (params) => Promise.resolve(explain(routes, pool, { model: params?.model ?? null, now: clock.now() })),
  };
}

/** What a request for a model would meet now, without sending anything and without changing what comes next. */
function explain(routes: RouteTable, pool: AccountPool, { model, now }: { readonly model: string | null; readonly now: number }): RouteExplanation {
  const tried = new Set<AccountId>();
  const request: RouteRequest = { keyId: '', model, conversation: null, now, tried };
  const roster = pool.roster();
  const { accounts } = roster;
  const pinned = routes.pinnedFor(request);
  const order: StoredAccount[] = pinned ? [pinned] : [];
  if (pinned) tried.add(pinned.account.id);
  // One after the other, as if each before it had failed; chance and health are what they are now.
  for (let next = chooseAccount(roster, steady(routes, request)); next && order.length < mostCandidates; next = chooseAccount(roster, steady(routes, request))) {
    order.push(next);
    tried.add(next.account.id);
  }
  const places = new Map(order.map(({ account }, place) => [account.id, place + 1]));
  const others = accounts.filter(({ account }) => !places.has(account.id)).slice(0, mostCandidates - order.length);
  const candidates = [...order, ...others].map((stored) => candidateOf(routes, stored, { model, now, place: places.get(stored.account.id) ?? null }));
  return { strategy: routes.strategy, chosen: order[0]?.account.id ?? null, why: pinned ? 'pinned' : order.length > 0 ? 'strategy' : 'nobody', candidates };
}

function steady(routes: RouteTable, request: RouteRequest) {
  return { ...routes.choiceFor(request, 0), random: () => 0 };
}

function candidateOf(routes: RouteTable, stored: StoredAccount, { model, now, place }: { readonly model: string | null; readonly now: number; readonly place: number | null }): RouteCandidate {
  const { id, label } = stored.account;
  const skip = skipOf(stored, model, now);
  return {
    accountId: id, label, place, reason: skip?.reason ?? null, until: skip?.until ? Math.ceil(skip.until / 1000) : null,
    health: Math.round(routes.health(id)), left: leftOf(stored, now), running: routes.running(id),
  };
}
