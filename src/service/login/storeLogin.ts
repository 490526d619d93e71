import type { AccountId } from '../../contract/account.ts';
import type { Clock } from '../../core/clock.ts';
import { parseImport } from '../../core/importAccounts.ts';
import type { LoginTokens } from '../../upstream/login.ts';
import { AccountIntake } from '../accountIntake.ts';
import type { AccountPool } from '../accountPool.ts';
import type { LoginWish } from './loginSession.ts';

/** A login that is stored. `name` is what a person calls the account. */
export interface StoredLogin { readonly accountId: AccountId; readonly name: string; readonly created: boolean; readonly otherAccount: boolean }

/** Runs a task while none of these accounts' logins is renewed. */
export type Exclusive = <T>(ids: readonly AccountId[], task: () => Promise<T>) => Promise<T>;

export interface StoreLoginDeps { readonly pool: AccountPool; readonly clock: Clock; readonly exclusive: Exclusive }

/**
 * Puts a new login into the pool, durably: someone known by identity keeps the row and all that a person set. Resolves to a clause that says why not
 * when the tokens do not say whose they are; rejects with the store's AppError.
 */
export async function storeLogin({ pool, clock, exclusive }: StoreLoginDeps, tokens: LoginTokens, wish: LoginWish): Promise<StoredLogin | string> {
  const { idToken, accessToken, refreshToken } = tokens;
  const [item] = parseImport(JSON.stringify({ tokens: { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } }));
  if (!item?.ok) return item?.reason ?? 'the tokens could not be read';
  const { groupName, tags, note } = wish;
  const known = pool.findByIdentity(item);
  return exclusive(known ? [known.account.id] : [], async () => {
    const intake = new AccountIntake(pool, clock, { groupName, source: 'login' });
    const { action, stored } = intake.add({ ...item, personSet: { label: item.email ?? item.subject, groupName, tags, note } });
    const [saved = stored] = await intake.save();
    const { id, label } = saved.account;
    return { accountId: id, name: label, created: action === 'create', otherAccount: wish.accountId !== null && wish.accountId !== id };
  });
}
