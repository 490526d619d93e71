import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EngineConfig } from '../../core/engineConfig.ts';
import type { Disposable } from '../../core/scope.ts';
import { callbackPage } from '../../core/callbackPage.ts';
import { checkHost } from '../../core/hostGuard.ts';
import { bindLoopback, type Bound } from './bindLoopback.ts';
import { failed, type LoginAnswer } from './loginAnswers.ts';
import { portHolder } from './portHolder.ts';

export type CallbackConfig = Pick<EngineConfig, 'issuer' | 'redirectUri' | 'loginListen' | 'loginNonLoopback' | 'allowedHosts'>;

/** Where the browser is to end, and why it cannot be heard there (null when it can). */
export interface CallbackPlace { readonly redirectUri: string; readonly warning: string | null }

const callbackPath = '/auth/callback';
/** Codex CLI's second port, the only other one that the official issuer knows. */
const codexSecondPort = 1457;
const officialIssuer = 'https://auth.openai.com';
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/**
 * Hears the browser come back from the issuer. Listens only between acquire() and the last release(), so that Codex CLI's own login, which
 * uses the same ports, never finds them taken.
 */
export class CallbackListener implements Disposable {
  readonly #config: CallbackConfig;
  readonly #answer: (query: URLSearchParams) => Promise<LoginAnswer>;
  readonly #fixed: URL | null;
  readonly #secondPort: number;
  #users = 0;
  #bound: Extract<Bound, { kind: 'listening' }> | null = null;
  #opening: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(config: CallbackConfig, answer: (query: URLSearchParams) => Promise<LoginAnswer>, secondPort = codexSecondPort) {
    this.#config = config;
    this.#answer = answer;
    this.#fixed = config.redirectUri === null ? null : new URL(config.redirectUri);
    this.#secondPort = secondPort;
  }

  /** One more login waits. Never rejects: without a port its callback can still be pasted. */
  acquire(): Promise<CallbackPlace> {
    this.#users += 1;
    const place = this.#opening.then(() => this.#open());
    this.#opening = place;
    return place;
  }

  /** A login of acquire() is over. */
  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#bound?.close();
    this.#bound = null;
  }

  dispose(): void {
    this.#over = true;
    this.#bound?.destroy();
    this.#bound = null;
  }

  async #open(): Promise<CallbackPlace> {
    const warning = this.#bound ? null : await this.#bind();
    const port = (this.#bound ?? { port: 0 }).port || this.#config.loginListen.port || 1455;
    return { redirectUri: this.#config.redirectUri ?? `http://localhost:${port}${callbackPath}`, warning };
  }

  /** Null when it listens now, else the warning. */
  async #bind(): Promise<string | null> {
    const { host, port } = this.#listenAt();
    const shown = `${host}:${port}`;
    if (!this.#config.loginNonLoopback && !loopbackNames.has(host.toLowerCase())) {
      return `The sign-in cannot be heard on ${shown}, because that is not a loopback address. Set CODEXMANAGER_LOGIN_ADDR to localhost:1455, or CODEXMANAGER_ALLOW_NON_LOOPBACK_LOGIN_ADDR to 1 if other computers may reach it. ${otherWays}`;
    }
    const failures: Bound[] = [];
    for (const candidate of this.#candidates(port)) {
      const bound = await bindLoopback(host, candidate, (request, response) => this.#serve(request, response));
      if (bound.kind !== 'listening') {
        failures.push(bound);
      } else if (this.#over || this.#users === 0) {
        bound.destroy();
        return 'The sign-in was ended while it began.';
      } else {
        this.#bound = bound;
        return null;
      }
    }
    return warningOf(failures, shown);
  }

  /** A fixed redirect to another port of this machine is heard there. */
  #listenAt(): EngineConfig['loginListen'] {
    const { loginListen } = this.#config;
    const port = Number(this.#fixed?.port ?? 0);
    const here = this.#fixed !== null && loopbackNames.has(this.#fixed.hostname);
    return here && port > 0 && port !== loginListen.port ? { host: this.#fixed?.hostname ?? loginListen.host, port } : loginListen;
  }

  /** The official issuer knows two ports; by RFC 8252 (7.3) any port of the loopback does. A fixed redirect leaves no choice. */
  #candidates(port: number): ReadonlySet<number> {
    if (this.#fixed !== null) return new Set([port]);
    return new Set(this.#config.issuer === officialIssuer ? [port, this.#secondPort] : [port, this.#secondPort, 0]);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const allowed = [...this.#config.allowedHosts, ...(this.#fixed ? [this.#fixed.hostname] : [])];
    const [path = '', ...query] = (request.url ?? '').split('?');
    if (!checkHost(request.headers.host, allowed)) return plain(response, 403, 'This address is for the browser of this computer.');
    if (path !== callbackPath && path !== this.#fixed?.pathname) return plain(response, 404, 'Not found.');
    if (request.method !== 'GET') return plain(response, 405, 'Only GET.', { allow: 'GET' });
    this.#answer(new URLSearchParams(query.join('?'))).then(
      (answer) => sendPage(response, answer),
      () => sendPage(response, failed('CodexManager met an error it did not expect. Start the sign-in again.')),
    );
  }
}

const otherWays = 'Until then, paste the address the browser ends on, or sign in with a device code.';

async function warningOf(failures: readonly Bound[], shown: string): Promise<string> {
  const busy = failures.flatMap((failure) => (failure.kind === 'busy' && failure.port > 0 ? [failure.port] : []));
  if (busy.length === 0) {
    const code = failures.flatMap((failure) => (failure.kind === 'unusable' ? [failure.code] : []))[0] ?? 'unknown cause';
    return `The sign-in cannot be heard on ${shown} (${code}). Set CODEXMANAGER_LOGIN_ADDR to another port of localhost. ${otherWays}`;
  }
  const held = await Promise.all(busy.map(async (port) => `port ${port} is used by ${await portHolder(port)}`));
  const holders = held.join(', ');
  return `The sign-in cannot be heard: ${holders}. Close that program, or set CODEXMANAGER_LOGIN_ADDR to a free port of localhost. ${otherWays}`;
}

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', ...headers }).end(`${text}\n`);
}

/** The address of this page holds a code: it is neither stored nor told to anyone. */
function sendPage(response: ServerResponse, { status, ...page }: LoginAnswer): void {
  const nonce = randomBytes(16).toString('base64');
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  }).end(callbackPage(page, nonce));
}
