import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { LabAccount } from './labAccount.ts';
import type { Fault } from './options.ts';
import type { TokenBook } from './tokenBook.ts';
import { bundledModels, modelsBody } from '../core/modelCatalogue.ts';
import { answerEvents } from './answerEvents.ts';
import { answerPlainFault, sendStream, sendUsageLimit } from './faultyAnswer.ts';
import { bearerOf, readFields, readText, sendJson } from './http.ts';
import { checkTurn, isRefusal, type Ownership } from './strictness.ts';

/** One request for a turn, as it arrived. */
export interface LabRequest {
  /** Label of the account it was sent for; null when the token was refused. */
  readonly account: string | null;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The events it was to be answered with; none when it was refused. */
  events: readonly string[];
  /** The answer was sent to its last event. */
  whole: boolean;
  /** The client went away before the answer was complete. */
  aborted: boolean;
  /** The answer is over, complete or not. */
  over: boolean;
}

export interface BackendDeps {
  readonly book: TokenBook;
  readonly accounts: () => readonly LabAccount[];
  readonly paceMs: number;
  readonly halves: boolean;
  /** The next scripted fault for an account. */
  readonly nextFault: (label: string) => Fault | null;
  readonly released: () => Promise<void>;
  readonly onRequest: (request: LabRequest) => void;
  readonly onOver: () => void;
  /** An account's usage was asked for. */
  readonly onUsage: (label: string) => void;
}

/** The ChatGPT Codex backend, and the OpenAI platform for API keys; as strict as the real ones. */
export class Backend {
  readonly #deps: BackendDeps;
  readonly #items = new Map<string, LabAccount>();
  readonly #turnStates = new Map<string, LabAccount>();

  constructor(deps: BackendDeps) {
    this.#deps = deps;
  }

  /** True when the route is the backend's. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const route = url.pathname.replace(/^\/(backend-api\/codex|v1)/, '');
    const platform = url.pathname.startsWith('/v1/');
    if (request.method === 'HEAD') return response.writeHead(200).end() !== undefined;
    if (request.method === 'POST' && route === '/responses') await this.#turn(request, response, url.pathname, platform);
    else if (request.method === 'GET' && route === '/models') this.#authorized(request, response, platform, () => response.writeHead(200, { 'content-type': 'application/json', etag: 'lab' }).end(modelsBody(bundledModels)));
    else if (request.method === 'GET' && /^\/(backend-api\/wham|api\/codex)\/usage$/.test(url.pathname)) this.#authorized(request, response, false, (account) => void this.#usage(response, account));
    else if (url.pathname.startsWith('/backend-api/wham/rate-limit-reset-credits')) await this.#resets(request, response);
    else if (request.method === 'GET' && url.pathname === '/backend-api/wham/accounts/check') this.#authorized(request, response, false, (account) => sendJson(response, 200, accountsCheck(account)));
    else return false;
    return true;
  }

  async #usage(response: ServerResponse, account: LabAccount): Promise<void> {
    this.#deps.onUsage(account.settings.label);
    const { status, body, hold = false } = account.usageOverride ?? { status: 200, body: account.usage() };
    if (hold) await this.#deps.released();
    sendJson(response, status, body);
  }

  /** The list, or `…/consume`. */
  async #resets(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = readFields(await readText(request), 'json');
    this.#authorized(request, response, false, (account) => {
      if (request.method === 'POST') return sendJson(response, 200, { code: account.redeem(fields['credit_id'] ?? '', fields['redeem_request_id'] ?? '') });
      const credits = account.resetCredits.map(({ id, status }) => ({ id, status, reset_type: 'codex_rate_limits', expires_at: '2099-01-01T00:00:00Z' }));
      sendJson(response, 200, { credits, available_count: credits.filter(({ status }) => status === 'available').length });
    });
  }

  #authorized(request: IncomingMessage, response: ServerResponse, platform: boolean, then: (account: LabAccount) => void): void {
    const account = this.#owner(request, platform);
    if (account) then(account);
    else sendJson(response, 401, unauthorized);
  }

  /** Null for a token that is foreign, expired, or of another account than the header names. */
  #owner(request: IncomingMessage, platform: boolean): LabAccount | null {
    const bearer = bearerOf(request);
    if (platform) return this.#deps.accounts().find(({ settings }) => settings.apiKey !== null && settings.apiKey === bearer) ?? null;
    const account = this.#deps.book.owner(bearer);
    return account && request.headers['chatgpt-account-id'] === account.settings.chatgptAccountId ? account : null;
  }

  async #turn(request: IncomingMessage, response: ServerResponse, path: string, platform: boolean): Promise<void> {
    const account = this.#owner(request, platform);
    const seen: LabRequest = { account: account?.settings.label ?? null, path, headers: request.headers, body: await readText(request), events: [], whole: false, aborted: false, over: false };
    response.on('close', () => {
      seen.aborted = !response.writableFinished;
      seen.over = true;
      this.#deps.onOver();
    });
    this.#deps.onRequest(seen);
    if (!account) return sendJson(response, 401, unauthorized);
    const fault = this.#deps.nextFault(account.settings.label);
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault && answerPlainFault(response, fault, account.settings.plan)) return;
    if (!platform && account.spent) return sendUsageLimit(response, account.settings.plan, account.resetsInSeconds);
    await this.#answer(response, account, seen, fault, platform);
  }

  async #answer(response: ServerResponse, account: LabAccount, seen: LabRequest, fault: Fault | null, platform: boolean): Promise<void> {
    const { body, headers } = seen;
    const given = headers['x-codex-turn-state'];
    const turn = checkTurn(body, typeof given === 'string' ? given : undefined, this.#ownership(account));
    if (isRefusal(turn)) return sendJson(response, turn.status, turn.body);
    const { label } = account.settings;
    const { events, encrypted } = answerEvents(turn, platform ? `${label} (platform)` : label);
    seen.events = events;
    const turnState = typeof given === 'string' ? given : `ts_${randomBytes(8).toString('hex')}`;
    this.#items.set(encrypted, account);
    this.#turnStates.set(turnState, account);
    account.charge();
    response.writeHead(200, { 'content-type': 'text/event-stream', ...(platform ? {} : { ...account.rateLimitHeaders(), 'x-codex-turn-state': turnState }), 'set-cookie': 'lab=1; HttpOnly', 'x-request-id': `req_${randomBytes(4).toString('hex')}` });
    seen.whole = await sendStream(response, events, { ...this.#deps, fault });
  }

  #ownership(account: LabAccount): Ownership {
    return {
      ownsItem: (encrypted) => this.#items.get(encrypted) === account,
      ownsTurnState: (turnState) => this.#turnStates.get(turnState) === account,
      mayUse: (model) => account.settings.models?.includes(model) ?? true,
    };
  }
}

const unauthorized = { error: { message: 'Provided authentication token is expired. Please try signing in again.', type: null, code: 'token_expired', param: null } };

function accountsCheck({ settings }: LabAccount): unknown {
  const { chatgptAccountId: id, plan } = settings;
  return { accounts: [{ id, plan_type: plan, name: 'Lab', structure: 'personal', workspace_backend_origin: 'NO_CONSTRAINT', account_routing_override: 'NO_CONSTRAINT' }], account_ordering: [id], default_account_id: id };
}
