import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod/mini';
import type { Disposable } from '../core/scope.ts';
import { Backend, type LabRequest } from './backend.ts';
import { readText, sendJson } from './http.ts';
import { Issuer, type IssuerAnswer } from './issuer.ts';
import { LabAccount, type LabApiKeys, type LabUsage } from './labAccount.ts';
import { Fault, LabOptions, type FaultInput } from './options.ts';
import type { LabRefreshes } from './refreshDesk.ts';
import { TokenBook } from './tokenBook.ts';

const Script = z.object({ account: z.string(), faults: z.array(Fault) });

/** A fake provider, running. Accounts are named by their labels. */
export interface Lab extends Disposable {
  readonly url: string;
  /** Every request for a turn so far, oldest first. */
  readonly requests: readonly LabRequest[];
  /** Labels of the accounts whose usage was asked for, oldest first. */
  readonly usageRequests: readonly string[];
  /** What the usage endpoint answers for an account; null for the truth again. */
  usage(label: string, override: LabUsage | null): void;
  /** Percent used of its 5-hour window from now on. */
  setUsed(label: string, percent: number): void;
  /** The text of a new login's `auth.json`. */
  authJson(label: string): string;
  /** A new personal access token of the account. */
  personalToken(label: string): string;
  /** Faults for the account's next requests, one each; those after them go well. */
  script(label: string, faults: readonly FaultInput[]): void;
  /** The same fault for every request of the account; null ends it. */
  always(label: string, fault: FaultInput | null): void;
  /** Nothing is scripted any more, for no account. */
  clearFaults(): void;
  /** The account's access tokens count as expired from now on. */
  expireAccess(label: string): void;
  /** Refreshes are refused with this code (`http_500` for a status); null ends it. */
  refuseRefresh(label: string, code: string | null): void;
  /** What the issuer did and is to do when the account's tokens are refreshed, or an API key is asked for. */
  refreshes(label: string): LabRefreshes;
  apiKeys(label: string): LabApiKeys;
  /** A person enters a device login's code and approves it as the account; `denyDevice`: denies it. Throws when no such code waits. */
  approveDevice(userCode: string, label: string): void;
  denyDevice(userCode: string): void;
  /** The issuer's next request on this path (`/oauth/token`, `/api/accounts/deviceauth/…`) is answered so; more of them, one after another. */
  answerNext(path: string, answer: IssuerAnswer): void;
  /** How many answers stand still until release(). */
  readonly held: number;
  /** Lets answers go on that a fault holds. */
  release(): void;
  /** Resolves when `condition` holds; it is looked at whenever a request comes, is held or is over. */
  until(condition: () => boolean): Promise<void>;
}

/** Starts the provider on loopback. Rejects when an option is wrong or the port is taken. */
export async function startLab(input: LabOptions): Promise<Lab> {
  const options = LabOptions.parse(input);
  const now = (): number => Date.now();
  const accounts = options.accounts.map((settings) => new LabAccount(settings, now));
  const book = new TokenBook(now);
  const faults = new Faults();
  const requests: LabRequest[] = [];
  const usageRequests: string[] = [];
  const watch = new Watch();
  const holds = new Holds(watch);
  const released = (): Promise<void> => holds.released();
  const issuer = new Issuer({ ...options, book, accounts: () => accounts, released, onRefresh: () => watch.look() }, now);
  const backend = new Backend({
    book, accounts: () => accounts, paceMs: options.paceMs, halves: options.halves, nextFault: (label) => faults.next(label), onOver: () => watch.look(), onUsage: (label) => {
      usageRequests.push(label);
      watch.look();
    }, released,
    onRequest: (request) => {
      requests.push(request);
      watch.look();
    },
  });
  const named = (label: string): LabAccount => {
    const account = accounts.find(({ settings }) => settings.label === label);
    if (!account) throw new Error(`The lab has no account ${label}.`);
    return account;
  };
  const decideDevice = (userCode: string, answer: LabAccount | 'denied'): void => {
    if (!issuer.decideDevice(userCode, answer)) throw new Error(`The lab has no device code ${userCode}.`);
  };
  const server = createServer(handlerOf(issuer, backend, faults));
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n'));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    usageRequests,
    ...accountControls(named, book),
    script: (label, list) => faults.script(named(label).settings.label, list.map((fault) => Fault.parse(fault))),
    always: (label, fault) => faults.always(named(label).settings.label, fault === null ? null : Fault.parse(fault)),
    clearFaults: () => faults.clear(),
    approveDevice: (userCode, label) => decideDevice(userCode, named(label)),
    denyDevice: (userCode) => decideDevice(userCode, 'denied'),
    answerNext: (path, answer) => issuer.answerNext(path, answer),
    get held() { return holds.count; },
    release: () => holds.release(),
    until: (condition) => watch.until(condition),
    dispose: () => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

type AccountControls = Pick<Lab, 'usage' | 'setUsed' | 'authJson' | 'personalToken' | 'expireAccess' | 'refreshes' | 'apiKeys' | 'refuseRefresh'>;

/** What tests do to one account. */
function accountControls(named: (label: string) => LabAccount, book: TokenBook): AccountControls {
  return {
    usage: (label, override) => void (named(label).usageOverride = override),
    setUsed: (label, percent) => void (named(label).usedPercent = percent),
    authJson: (label) => authJson(named(label), book),
    personalToken: (label) => book.issuePersonal(named(label)),
    expireAccess: (label) => book.expireAll(named(label)),
    refreshes: (label) => named(label).refreshes,
    apiKeys: (label) => named(label).apiKeys,
    refuseRefresh: (label, code) => void (named(label).refuseRefresh = code),
  };
}

function handlerOf(issuer: Issuer, backend: Backend, faults: Faults): RequestListener {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://lab');
    const serve = async (): Promise<void> => {
      if (await issuer.handle(request, response, url)) return;
      if (await backend.handle(request, response, url)) return;
      if (url.pathname !== '/lab/script') return sendJson(response, 404, { detail: 'Not Found' });
      const script = Script.parse(JSON.parse(await readText(request)));
      faults.script(script.account, script.faults);
      sendJson(response, 200, {});
    };
    serve().catch((thrown: unknown) => response.headersSent ? response.destroy() : sendJson(response, 500, { error: { message: String(thrown) } }));
  };
}

class Faults {
  readonly #queues = new Map<string, Fault[]>();
  readonly #always = new Map<string, Fault>();

  script(label: string, faults: readonly Fault[]): void {
    this.#queues.set(label, [...(this.#queues.get(label) ?? []), ...faults]);
  }

  always(label: string, fault: Fault | null): void {
    if (fault) this.#always.set(label, fault);
    else this.#always.delete(label);
  }

  clear(): void {
    this.#queues.clear();
    this.#always.clear();
  }

  next(label: string): Fault | null {
    return this.#queues.get(label)?.shift() ?? this.#always.get(label) ?? null;
  }
}

/** Answers that stand still until a test lets them go on, all together. */
class Holds {
  count = 0;
  readonly #watch: Watch;
  #releases = 0;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  async released(): Promise<void> {
    const before = this.#releases;
    this.count += 1;
    this.#watch.look();
    await this.#watch.until(() => this.#releases > before);
    this.count -= 1;
  }

  release(): void {
    this.#releases += 1;
    this.#watch.look();
  }
}

class Watch {
  readonly #waiting = new Set<() => void>();

  look(): void {
    for (const check of [...this.#waiting]) check();
  }

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }
}

function authJson(account: LabAccount, book: TokenBook): string {
  const { chatgptAccountId, apiKey } = account.settings;
  return JSON.stringify({ auth_mode: 'chatgpt', OPENAI_API_KEY: apiKey, tokens: { ...book.issue(account), account_id: chatgptAccountId }, last_refresh: new Date().toISOString() }, null, 2);
}
