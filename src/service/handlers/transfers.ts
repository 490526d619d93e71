import type { Handlers } from '../../contract/rpc.ts';
import type { Log } from '../../core/logger.ts';
import type { AccountPool } from '../accountPool.ts';
import type { CodexAuthFile } from '../codexAuthFile.ts';
import { codexAccount } from '../exports/codexAccount.ts';
import { createBackup } from '../exports/createBackup.ts';
import { exportAccounts } from '../exports/exportAccounts.ts';
import { useInCodex } from '../exports/useInCodex.ts';
import type { KeyRing } from '../keyRing.ts';
import type { TokenKeeper } from '../tokenKeeper.ts';

type TransferHandlers = Pick<Handlers, 'account/export' | 'account/codexLogin' | 'account/useInCodex' | 'backup/create'>;

export interface TransferDeps {
  readonly pool: AccountPool;
  readonly keys: KeyRing;
  readonly tokens: TokenKeeper;
  readonly codexAuth: CodexAuthFile;
  readonly log: Log;
}

/** Ways out of the pool. */
export function transferHandlers(deps: TransferDeps): TransferHandlers {
  const { pool, codexAuth, log } = deps;
  return {
    'account/export': (start) => exportAccounts(pool, log, start),
    'account/codexLogin': async () => {
      const auth = await codexAuth.read();
      const found = codexAccount(pool, auth);
      const email = (auth.state === 'login' ? auth.account?.email : null) ?? found?.account.email ?? null;
      return { path: codexAuth.path, state: auth.state, email, accountId: found?.account.id ?? null };
    },
    'account/useInCodex': ({ accountId }) => useInCodex(deps, accountId),
    'backup/create': ({ file, passphrase }) => createBackup(deps, file, passphrase),
  };
}
