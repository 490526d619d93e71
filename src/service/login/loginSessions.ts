import { AppError } from '../../core/appError.ts';
import type { LoginSession } from './loginSession.ts';

const mostSessions = 100;
/** Ended logins can be asked about for so long, seconds. */
const keptSeconds = 86_400;

/** Logins by their id, in memory: they hold verifiers, and do not outlive the engine. */
export class LoginSessions {
  readonly #byId = new Map<string, LoginSession>();

  /** Makes room by forgetting ended ones, oldest first. Throws AppError `conflict` when all of them are under way. `now` in Unix ms. */
  add(session: LoginSession, now: number): void {
    this.#prune(now);
    if (this.#byId.size >= mostSessions) {
      const ended = [...this.#byId.values()].find(({ pending }) => !pending);
      if (!ended) throw new AppError('conflict', `${mostSessions} sign-ins are under way. Finish or cancel one, then start again.`);
      this.#byId.delete(ended.loginId);
    }
    this.#byId.set(session.loginId, session);
  }

  find(loginId: string, now: number): LoginSession | undefined {
    this.#prune(now);
    return this.#byId.get(loginId);
  }

  all(): readonly LoginSession[] {
    return [...this.#byId.values()];
  }

  #prune(now: number): void {
    for (const session of this.#byId.values()) if (session.endedBefore(now, keptSeconds)) this.#byId.delete(session.loginId);
  }
}
