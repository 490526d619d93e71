import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountId } from '../../../src/contract/account.ts';
import type { ExchangeApiKey } from '../../../src/core/apiKeyExchange.ts';
import { freshState, type AccountRecord, type AccountState, type StoredAccount, type TokenRecord } from '../../../src/core/records.ts';
import type { RefreshOutcome, RefreshReason } from '../../../src/core/refreshTokens.ts';
import type { Store } from '../../../src/core/store.ts';
import { mintJwt } from '../../../src/lab/jwt.ts';
import { AccountPool } from '../../../src/service/accountPool.ts';
import { ApiKeys } from '../../../src/service/apiKeys.ts';
import { CodexAuthFile } from '../../../src/service/codexAuthFile.ts';
import { CodexSharing } from '../../../src/service/codexSharing.ts';
import { TokenKeeper } from '../../../src/service/tokenKeeper.ts';
import { HandClock } from '../../lab/clocks.ts';
import { directNetwork } from '../../lab/directNetwork.ts';

export const start = 1_800_000_000_000;
export const id = AccountId.parse('acc_a');
const day = 86_400;

/** Tokens that last ten days from `at` (Unix ms). */
export function tokensOf(name: string, at = start, changes: Partial<TokenRecord> = {}): TokenRecord {
  return { idToken: mintJwt({ sub: 'auth0|a', email: 'a@example.com', of: name }), accessToken: `access-${name}`, refreshToken: `refresh-${name}`, apiKey: null, accessExpiresAt: at / 1000 + 10 * day, lastRefresh: at / 1000, replacedHash: null, ...changes };
}

export function storedOf(tokens: TokenRecord, account: Partial<AccountRecord> = {}, state: Partial<AccountState> = {}): StoredAccount {
  return {
    account: { id, subject: 'auth0|a', chatgptAccountId: 'acc-a', email: 'a@example.com', plan: 'plus', label: 'Anna', groupName: null, sort: 0, enabled: true, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false, reservePercent: 0, proxyUrl: null, ...account },
    tokens, state: { ...freshState, ...state },
  };
}

/** The part of a store that tokens need. `saved` is what is on disk. */
export class FakeDisk {
  readonly saved = new Map<string, TokenRecord>();
  readonly states: AccountState[] = [];
  /** What was written, in order. */
  readonly writes: ('tokens' | 'state')[] = [];
  refuses = false;
  /** Set to let saves wait. */
  gate: Promise<void> = Promise.resolve();

  readonly store = {
    saveTokens: async (account: AccountId, tokens: TokenRecord) => {
      await this.gate;
      if (this.refuses) throw new Error('no space left');
      this.saved.set(account, tokens);
      this.writes.push('tokens');
    },
    saveStates: (states: readonly { readonly state: AccountState }[]) => {
      this.states.push(...states.map(({ state }) => state));
      this.writes.push('state');
      return Promise.resolve();
    },
    saveAccounts: (accounts: readonly StoredAccount[]) => Promise.resolve(accounts.forEach(({ account, tokens }) => this.saved.set(account.id, tokens))),
    updateAccounts: (accounts: readonly AccountRecord[]) => Promise.resolve(accounts.length),
    deleteAccounts: (ids: readonly AccountId[]) => Promise.resolve(ids.length),
  } as unknown as Store;
}

export type Answer = RefreshOutcome | 'renew';

/** A keeper on a real pool and a real `auth.json`; only the issuer, the disk and the time are fake. */
export function makeKeeper(stored: StoredAccount, { exchange }: { exchange?: ExchangeApiKey } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-tokens-'));
  const clock = new HandClock(start);
  const disk = new FakeDisk();
  const logs: string[] = [];
  const log = (level: string, message: string): void => void logs.push(`${level} ${message}`);
  const pool = new AccountPool({ store: disk.store, clock, log }, [stored]);
  const file = new CodexAuthFile(folder);
  /** What the issuer was asked, and what it answers next; `renew` when nothing is set. */
  const asked: { readonly token: string | null; readonly reason: RefreshReason }[] = [];
  const answers: (Answer | Promise<Answer>)[] = [];
  const refresh = async (tokens: TokenRecord, reason: RefreshReason): Promise<RefreshOutcome> => {
    asked.push({ token: tokens.refreshToken, reason });
    const number = asked.length;
    const answer = await (answers.shift() ?? 'renew');
    return answer === 'renew' ? { kind: 'renewed', tokens: { ...tokensOf(`new${number}`, clock.now()), apiKey: tokens.apiKey, replacedHash: hash(tokens.refreshToken ?? '') } } : answer;
  };
  const keeper = new TokenKeeper({ pool, clock, log, network: directNetwork, refresh, sharing: new CodexSharing({ file, pool, clock, log }), apiKeys: exchange ? (keep) => new ApiKeys({ pool, clock, log, network: directNetwork, exchange, keep }) : null, random: () => 0.5 });
  return {
    keeper, pool, clock, disk, logs, file, asked, answers, folder,
    now: (): StoredAccount => {
      const found = pool.find(id);
      if (!found) throw new Error('The account is gone.');
      return found;
    },
    /** Codex CLI writes its file. */
    codexHolds(tokens: TokenRecord, extra: Record<string, unknown> = {}): string {
      mkdirSync(folder, { recursive: true });
      const text = JSON.stringify({
        auth_mode: 'chatgpt', OPENAI_API_KEY: null, ...extra,
        tokens: { id_token: tokens.idToken, access_token: accessJwt(tokens), refresh_token: tokens.refreshToken, account_id: 'acc-a', oauth_provenance: { kept: true } },
        last_refresh: new Date(tokens.lastRefresh * 1000).toISOString(),
      }, null, 2);
      writeFileSync(file.path, text);
      return text;
    },
    fileText: (): string => readFileSync(file.path, 'utf8'),
    async dispose() {
      await keeper.dispose();
      await pool.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type KeeperHarness = ReturnType<typeof makeKeeper>;

/** In the file access tokens are JWTs, because there nothing else says when they end. */
export function accessJwt({ accessToken, accessExpiresAt }: TokenRecord): string {
  return mintJwt({ sub: 'auth0|a', exp: accessExpiresAt, of: accessToken });
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Lets everything else go on until something holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setImmediate(next));
}
