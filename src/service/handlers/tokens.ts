import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import { isClosedCode } from '../../core/failure.ts';
import type { AccountPool } from '../accountPool.ts';
import type { TokenKeeper } from '../tokenKeeper.ts';

/** Logins, renewed by hand. */
export function tokenHandlers(pool: AccountPool, tokens: TokenKeeper): Pick<Handlers, 'account/tokens/refresh'> {
  return {
    'account/tokens/refresh': async ({ accountId }) => {
      const stored = pool.find(accountId);
      if (!stored) throw new AppError('notFound', `There is no account ${accountId}. It may have been deleted.`);
      const { label } = stored.account;
      if (stored.tokens.refreshToken === null) throw new AppError('badRequest', `${label} has no refresh token, so its login cannot be renewed. Sign in to it again when it ends.`);
      const renewal = await tokens.refreshNow(accountId);
      if (renewal.kind === 'renewed') return { ok: true };
      if (renewal.kind === 'failed') throw new AppError('upstream', `The login of ${label} could not be renewed just now (${renewal.reason}). It stays as it is; try again later.`);
      throw new AppError('loginRefused', `The login of ${label} was refused (${renewal.reason}). ${isClosedCode(renewal.reason) ? 'Ask whoever runs the account or workspace.' : 'Sign in to it again.'}`);
    },
  };
}
