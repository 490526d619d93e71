import { createHash, randomBytes } from 'node:crypto';
import type { LoginStart, LoginStarted, LoginStatus } from '../../contract/login.ts';
import { AppError } from '../../core/appError.ts';
import { authorizeUrl } from '../../core/authorizeUrl.ts';
import type { EngineConfig } from '../../core/engineConfig.ts';
import { issuerText } from '../../core/issuerText.ts';
import { readCallback, type Callback } from '../../core/parseCallback.ts';
import type { Network } from '../../core/proxyRoute.ts';
import type { Disposable } from '../../core/scope.ts';
import type { LoginIssuer } from '../../upstream/login.ts';
import { CallbackListener, type CallbackConfig } from './callbackListener.ts';
import { DeviceLogins } from './deviceLogins.ts';
import { LoginFinisher, type FinishDeps } from './finishLogin.ts';
import { denied, notWaiting, refused, unusable, type LoginAnswer } from './loginAnswers.ts';
import { LoginSession, type LoginWish } from './loginSession.ts';
import { LoginSessions } from './loginSessions.ts';

export interface LoginServiceDeps extends Omit<FinishDeps, 'issuerName'> {
  readonly config: CallbackConfig & Pick<EngineConfig, 'clientId' | 'originator'>;
  readonly issuer: LoginIssuer;
  readonly network: Network;
  /** Resolves to null, or to why no browser opened. */
  readonly openBrowser: (url: string) => Promise<string | null>;
}

/** A state is accepted for so long. */
const browserMs = 600_000;

/** Logins: started here, finished by the browser's callback, a pasted address or a device code. */
export class LoginService implements Disposable {
  readonly #deps: LoginServiceDeps;
  readonly #issuerName: string;
  readonly #sessions = new LoginSessions();
  readonly #finisher: LoginFinisher;
  readonly #devices: DeviceLogins;
  readonly #listener: CallbackListener;

  constructor(deps: LoginServiceDeps) {
    this.#deps = deps;
    this.#issuerName = new URL(deps.config.issuer).host;
    this.#finisher = new LoginFinisher({ ...deps, issuerName: this.#issuerName });
    this.#devices = new DeviceLogins({ ...deps, issuerName: this.#issuerName, finisher: this.#finisher });
    this.#listener = new CallbackListener(deps.config, (query) => this.finish(readCallback(query)));
  }

  /** Rejects with an AppError when the account does not exist, too many logins are under way, or the issuer gives out no device code. */
  async start(params: LoginStart): Promise<LoginStarted> {
    const known = params?.accountId ? this.#deps.pool.find(params.accountId) : undefined;
    const wish = wishOf(params, known ? this.#deps.network.proxyFor(known.account) : null);
    if (wish.accountId !== null && !known) {
      throw new AppError('notFound', `There is no account ${wish.accountId}; it may have been deleted. Sign in to add it again.`);
    }
    const device = params?.type === 'device';
    const session = new LoginSession(randomBytes(32).toString('base64url'), device ? 'device' : 'browser', wish, this.#now());
    this.#sessions.add(session, this.#now());
    return device ? this.#devices.start(session) : this.#startBrowser(session, params);
  }

  /** Answers at once, or when a login is no longer pending, after `waitMs` at most. */
  async status(loginId: string, waitMs: number): Promise<LoginStatus> {
    const session = this.#sessions.find(loginId, this.#now());
    if (!session) return { status: 'unknown', error: null, updatedAt: null, accountId: null, created: false, otherAccount: false };
    if (session.pending && waitMs > 0) await this.#deps.clock.sleep(waitMs, session.over.signal).catch(() => undefined); // ended early: it has an outcome
    return session.status;
  }

  /** Takes what the address says that a browser ended on. Resolves to what to tell the person; the login's status is set by then. Never rejects. */
  async finish(callback: Callback, redirectUri: string | null = null): Promise<LoginAnswer> {
    if (callback.kind === 'unusable') return unusable(callback.reason);
    const session = callback.state === null ? undefined : this.#sessions.find(callback.state, this.#now());
    if (session?.kind !== 'browser') return callback.kind === 'refused' ? this.#refusal(callback) : notWaiting(null);
    if (session.pending && !session.used && this.#now() >= session.startedAt + browserMs) this.#expire(session);
    if (!session.pending || session.used) return notWaiting(session.status);
    session.used = true;
    if (callback.kind === 'code') return this.#finisher.finish(session, { code: callback.code, verifier: session.verifier, redirectUri: redirectUri ?? session.redirectUri });
    const answer = this.#refusal(callback);
    session.fail(callback.error === 'access_denied' ? answer.text : `${answer.text} ${answer.next}`, this.#now());
    return answer;
  }

  /** Ends a login that is not over yet: its polls stop, and its callback is no longer heard. */
  cancel(loginId: string): void {
    const session = this.#sessions.find(loginId, this.#now());
    if (session && !session.storing) session.fail('The sign-in was cancelled.', this.#now());
  }

  /** Ends every login at once; what is being stored is waited for. */
  async dispose(): Promise<void> {
    for (const session of this.#sessions.all()) if (!session.storing) session.fail('CodexManager was stopped before the sign-in was finished. Start it again.', this.#now());
    this.#listener.dispose();
    await this.#finisher.idle();
  }

  async #startBrowser(session: LoginSession, params: LoginStart): Promise<LoginStarted> {
    const { issuer, clientId, originator } = this.#deps.config;
    session.verifier = randomBytes(64).toString('base64url');
    const challenge = createHash('sha256').update(session.verifier).digest('base64url');
    const place = this.#listener.acquire();
    void session.settled.then(() => this.#listener.release());
    void this.#deps.clock.sleep(browserMs, session.over.signal).then(() => session.used || this.#expire(session), () => undefined); // ended early: it has an outcome
    const { redirectUri, warning } = await place;
    session.redirectUri = redirectUri;
    const authUrl = authorizeUrl({ issuer, clientId, redirectUri, challenge, state: session.loginId, originator, workspaceId: filled(params?.workspaceId) });
    const unopened = params?.openBrowser === false ? null : await this.#deps.openBrowser(authUrl);
    const warnings = [warning, unopened === null ? null : `The browser did not open: ${unopened}. Open the address yourself.`].filter((part) => part !== null);
    return { authUrl, loginId: session.loginId, loginType: filled(params?.type) ?? 'chatgpt', issuer, clientId, redirectUri, warning: warnings.length > 0 ? warnings.join(' ') : null, device: null };
  }

  #refusal({ error, description }: Extract<Callback, { kind: 'refused' }>): LoginAnswer {
    if (error === 'access_denied' && !description) return denied(this.#issuerName);
    const said = [error, description].flatMap((part) => (part ? [issuerText(part)] : [])).join(': ').replace(/\.$/, '');
    return error === 'access_denied' ? { ...denied(this.#issuerName), text: `The sign-in was declined at ${this.#issuerName} (${said}). Nothing was stored.` } : refused(this.#issuerName, said);
  }

  #expire(session: LoginSession): void {
    session.fail('The sign-in was not finished within 10 minutes. Start it again.', this.#now());
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}

function wishOf(params: LoginStart, proxy: string | null): LoginWish {
  const tags = (params?.tags ?? '').split(',').map((tag) => tag.trim().slice(0, 50)).filter((tag) => tag !== '');
  return { accountId: params?.accountId ?? null, groupName: filled(params?.groupName), tags: [...new Set(tags)].slice(0, 30), note: filled(params?.note), proxy };
}

function filled(text: string | null | undefined): string | null {
  return text?.trim() || null;
}
