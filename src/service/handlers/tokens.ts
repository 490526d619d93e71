import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import type { AccountPool } from '../accountPool.ts';
import type { TokenKeeper } from '../tokenKeeper.ts';

/** Logins, renewed by hand. */
export function tokenHandlers(pool: AccountPool, tokens: TokenKeeper): Pick<Handlers, 'account/tokens/refresh'> {
  return {
    'account/tokens/refresh': async ({ accountId }) => {
      const stored = pool.find(accountId);
      if (!stored) throw new AppError('notFound', `There is no account ${accountId}. It may have been deleted.`);
      const renewal = await tokens.renew(accountId, stored.tokens.accessToken, 'scheduled');
      if (renewal.kind === 'renewed') return { ok: true };
      throw new AppError(renewal.kind === 'refused' ? 'loginRefused' : 'upstream', `The login of ${stored.account.label} could not be renewed: ${renewal.reason}.`);
    },
  };
}
