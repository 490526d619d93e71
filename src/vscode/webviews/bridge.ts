import type { Account } from '../../contract/account.ts';
import { PageMessage, type HostMessage, type Link, type PageEvent } from '../../contract/panel.ts';
import type { RequestLogItem } from '../../contract/requestLog.ts';
import { methods, type EventName, type EventPayload, type Method, type Params, type Result } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import { Scope, type Disposable } from '../../core/scope.ts';
import { toFault } from '../../rpc/fault.ts';
import type { Mirror, Snapshot } from '../mirror.ts';
import { AccountNames } from './accountNames.ts';
import { poolDigest } from './poolDigest.ts';

/** Pages only look; what changes something is a command, which the host asks about. The pool comes as an event, because it may be too large for a page. */
const allowed: ReadonlySet<string> = new Set<Method>(['apikey/list', 'requestlog/list', 'requestlog/today_summary', 'gateway/status']);
/** An event is sent at most so often; of several the last one counts, but every request is shown. */
const quietMs = 100;
const mostRows = 500;

/** A page as the bridge needs it. */
export interface PagePort {
  post(message: HostMessage): void;
  copy(text: string): void;
  isVisible(): boolean;
  /** The page searches the log for this. */
  searched(query: string): void;
}

/** The host's end of the wire to a page. Every call is answered; events flow once the page is ready and only while it is seen. */
export class Bridge implements Disposable {
  readonly #mirror: Mirror;
  readonly #page: PagePort;
  readonly #scope = new Scope();
  readonly #waiting = new Map<PageEvent, unknown>();
  readonly #names = new AccountNames();
  /** The accounts the page was told of last. */
  #accounts: readonly Account[] | null = null;
  #isReady = false;
  #timer: NodeJS.Timeout | null = null;
  #link = '';

  constructor(mirror: Mirror, page: PagePort) {
    this.#mirror = mirror;
    this.#page = page;
    this.#scope.own(mirror.onChange(() => {
      this.#tellLink();
      if (this.#mirror.snapshot.accounts !== this.#accounts) this.#flushSoon();
    }));
    this.#scope.own(mirror.onEvent((event, payload) => this.#hear(event, payload)));
    this.#scope.own({ dispose: () => void (this.#timer && clearTimeout(this.#timer)) });
  }

  /** What the page says. */
  readonly receive = (raw: unknown): void => {
    const message = PageMessage.safeParse(raw).data;
    if (message?.type === 'call') void this.#answer(message);
    else if (message?.type === 'copy') this.#page.copy(message.text);
    else if (message?.type === 'ready') this.#begin();
  };

  dispose(): Promise<void> {
    return this.#scope.dispose();
  }

  #begin(): void {
    this.#isReady = true;
    this.#link = '';
    this.#accounts = null;
    this.#names.forget();
    this.#tellLink();
    this.#tellAccounts();
  }

  #hear<E extends EventName>(event: E, payload: EventPayload<E>): void {
    if (event === 'account/part' || event === 'account/changed' || !this.#isReady || !this.#page.isVisible()) return;
    const before = this.#waiting.get(event);
    this.#waiting.set(event, event === 'requestlog/added' && Array.isArray(before) && Array.isArray(payload) ? [...(before as unknown[]), ...payload].slice(-mostRows) : payload);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (!this.#isReady || !this.#page.isVisible()) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#tellAccounts();
      this.#tellNames(this.#waiting.get('requestlog/added'));
      for (const [event, payload] of this.#waiting) this.#page.post({ type: 'event', event, payload });
      this.#waiting.clear();
    }, quietMs);
  }

  #tellAccounts(): void {
    const { accounts } = this.#mirror.snapshot;
    if (!accounts || accounts === this.#accounts) return;
    this.#accounts = accounts;
    this.#page.post({ type: 'event', event: 'pool', payload: poolDigest(accounts, Date.now()) });
    this.#postNames(this.#names.changed(accounts));
  }

  /** Before the page shows requests it knows what their accounts are called. */
  #tellNames(rows: unknown): void {
    if (Array.isArray(rows)) this.#postNames(this.#names.of(rows as RequestLogItem[], this.#mirror.snapshot.accounts ?? []));
  }

  #postNames(names: Readonly<Record<string, string>>): void {
    if (Object.keys(names).length > 0) this.#page.post({ type: 'event', event: 'names', payload: names });
  }

  #tellLink(): void {
    const link = linkOf(this.#mirror.snapshot);
    if (!this.#isReady || JSON.stringify(link) === this.#link) return;
    this.#link = JSON.stringify(link);
    this.#page.post({ type: 'link', link });
  }

  async #answer({ id, method, params }: Extract<PageMessage, { type: 'call' }>): Promise<void> {
    try {
      if (!allowed.has(method)) throw new AppError('forbidden', `A page may not call ${method}.`);
      const name = method as Method;
      const parsed = methods[name].params.safeParse(params);
      if (!parsed.success) throw new AppError('badRequest', `Bad parameters for ${method}.`);
      const result = await this.#mirror.call(name, parsed.data);
      if (name === 'requestlog/list') {
        this.#page.searched((parsed.data as Params<'requestlog/list'>)?.query ?? '');
        this.#tellNames((result as Result<'requestlog/list'>).items);
      }
      this.#page.post({ type: 'result', id, result });
    } catch (thrown) {
      this.#page.post({ type: 'fault', id, fault: toFault(AppError.from(thrown)) });
    }
  }
}

function linkOf({ seat, accounts }: Snapshot): Link {
  if (seat.role === 'failed') return { state: 'failed', message: seat.error.message };
  return seat.role === 'electing' || !accounts ? { state: 'connecting', message: null } : { state: 'live', message: null };
}
