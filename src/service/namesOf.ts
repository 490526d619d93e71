import type { QueryNames } from '../core/logQuery/nameQuery.ts';
import type { AccountPool } from './accountPool.ts';
import type { KeyRing } from './keyRing.ts';

/** What accounts and keys are called now: label and e-mail address, name. */
export function namesOf(pool: AccountPool, keys: KeyRing): QueryNames {
  return {
    accounts: () => pool.list().map(({ account: { id, label, email } }) => ({ id, names: [label, email] })),
    keys: () => keys.list().map(({ id, name }) => ({ id, names: [name] })),
  };
}
