import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { ExchangeApiKey } from '../core/apiKeyExchange.ts';
import type { Log } from '../core/logger.ts';
import type { Network, RouteOwner } from '../core/proxyRoute.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountPool } from './accountPool.ts';

const refusedMs = 86_400_000;
const failedMs = 600_000;

export interface ApiKeysDeps {
  readonly pool: AccountPool;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly network: Network;
  readonly exchange: ExchangeApiKey;
  readonly keep: (id: AccountId, apiKey: string) => Promise<void>;
}

/** Gets accounts a key of the OpenAI platform, in the background, and takes the issuer's No for a day. */
export class ApiKeys implements Disposable {
  readonly #deps: ApiKeysDeps;
  readonly #running = new Set<AccountId>();
  /** Unix ms until which an account is not tried again after trouble. */
  readonly #failedUntil = new Map<AccountId, number>();
  #disposed = false;

  constructor(deps: ApiKeysDeps) {
    this.#deps = deps;
  }

  /** This account has a fresh id token. Asks for a key if it has none and nothing speaks against it. */
  offer(id: AccountId): void {
    const stored = this.#deps.pool.find(id);
    const now = this.#deps.clock.now();
    if (!stored || this.#disposed || this.#running.has(id) || stored.tokens.apiKey !== null || stored.tokens.idToken === null) return;
    if (stored.state.apiKeyRefusedUntil > now || (this.#failedUntil.get(id) ?? 0) > now) return;
    this.#running.add(id);
    this.#ask(stored.account, stored.tokens.idToken)
      .catch((thrown: unknown) => this.#trouble(id, thrown instanceof Error ? thrown.message : 'unknown cause'))
      .finally(() => this.#running.delete(id));
  }

  /** What still runs is let go: a key can be had again. */
  dispose(): void {
    this.#disposed = true;
  }

  async #ask({ id, proxyUrl }: RouteOwner, idToken: string): Promise<void> {
    const { pool, clock, log, network, exchange, keep } = this.#deps;
    const outcome = await exchange(idToken, network.proxyFor({ id, proxyUrl }));
    if (this.#disposed) return;
    if (outcome.kind === 'key') return keep(id, outcome.apiKey);
    if (outcome.kind === 'failed') return this.#trouble(id, outcome.reason);
    pool.note(id, { apiKeyRefusedUntil: clock.now() + refusedMs });
    log('info', `${pool.find(id)?.account.label ?? id} gets no API key of the OpenAI platform: ${outcome.reason}. It is not asked for again for a day.`);
  }

  #trouble(id: AccountId, reason: string): void {
    this.#failedUntil.set(id, this.#deps.clock.now() + failedMs);
    this.#deps.log('warn', `Asking for an API key for ${this.#deps.pool.find(id)?.account.label ?? id} failed: ${reason}.`);
  }
}
