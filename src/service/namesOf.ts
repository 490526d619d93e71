import type { LogNames } from '../core/logCsv.ts';
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

/** The same, by id, as they are now. */
export function namesById(pool: AccountPool, keys: KeyRing): LogNames {
  const accounts = new Map<string, string>(pool.list().map(({ account: { id, label } }) => [id, label]));
  const named = new Map<string, string>(keys.list().flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
  return { account: (id) => accounts.get(id), key: (id) => named.get(id) };
}
