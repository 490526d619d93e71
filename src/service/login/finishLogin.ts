import type { AccountId } from '../../contract/account.ts';
import { AppError } from '../../core/appError.ts';
import type { Log } from '../../core/logger.ts';
import type { CodeToExchange, LoginIssuer, LoginTokens } from '../../upstream/login.ts';
import { failed, notWaiting, signedIn, type LoginAnswer } from './loginAnswers.ts';
import type { LoginSession } from './loginSession.ts';
import { storeLogin, type StoreLoginDeps } from './storeLogin.ts';

export interface FinishDeps extends StoreLoginDeps {
  /** As a person knows it: `auth.openai.com`. */
  readonly issuerName: string;
  readonly issuer: Pick<LoginIssuer, 'exchange'>;
  readonly log: Log;
  /** Told once an account's new login is stored. */
  readonly signedIn: (id: AccountId) => void;
}

/** Storing waits for a renewal of the same account, which may hang on the network. */
const mostIdleMs = 3_000;

/** The last two steps of every login: its code becomes tokens, its tokens a stored account. */
export class LoginFinisher {
  readonly #deps: FinishDeps;
  /** One login is stored at a time: two of the same person must not become two accounts. */
  #storing: Promise<unknown> = Promise.resolve();

  constructor(deps: FinishDeps) {
    this.#deps = deps;
  }

  /** Sets the session's outcome and resolves to what to tell the person. Never rejects. */
  async finish(session: LoginSession, code: CodeToExchange): Promise<LoginAnswer> {
    const { issuer, issuerName } = this.#deps;
    const exchanged = await issuer.exchange(code, session.call);
    if (!session.pending) return notWaiting(session.status);
    if (exchanged.kind === 'failed') return this.#failed(session, `The sign-in could not be finished at ${issuerName}: ${exchanged.reason}. Start it again.`);
    session.storing = true;
    const answer = this.#storing.then(() => this.#store(session, exchanged.tokens));
    this.#storing = answer;
    return answer;
  }

  /** Resolves when nothing is being stored, or after as long as a host may wait for us. */
  async idle(): Promise<void> {
    const idle = new AbortController();
    const stored = this.#storing.then(() => idle.abort());
    await Promise.race([stored, this.#deps.clock.sleep(mostIdleMs, idle.signal).catch(() => undefined)]);
  }

  async #store(session: LoginSession, tokens: LoginTokens): Promise<LoginAnswer> {
    const { clock, log, issuerName } = this.#deps;
    try {
      const stored = await storeLogin(this.#deps, tokens, session.wish);
      if (typeof stored === 'string') return this.#failed(session, `The sign-in could not be finished, because the tokens of ${issuerName} cannot be used: ${stored}. Start it again.`);
      session.succeed(stored, clock.now());
      log('info', `${stored.name} signed in${stored.created ? ' and was added' : ''}.`);
      this.#deps.signedIn(stored.accountId);
      return signedIn(stored);
    } catch (thrown) {
      return this.#failed(session, `The sign-in succeeded but could not be stored: ${AppError.from(thrown).message}`);
    }
  }

  #failed(session: LoginSession, reason: string): LoginAnswer {
    this.#deps.log('warn', reason);
    session.fail(reason, this.#deps.clock.now());
    return failed(reason);
  }
}
