import * as vscode from 'vscode';
import type { Account } from '../../contract/account.ts';
import type { PlatformKey } from '../../contract/platformKey.ts';
import type { Mirror } from '../mirror.ts';

interface Line extends vscode.QuickPickItem { readonly kindOf?: 'group' | 'plan'; readonly value?: string }

/** Which accounts a key may use, by their groups and plans; nothing marked: all. */
export async function chooseKeyAccounts(mirror: Mirror, key: PlatformKey): Promise<void> {
  const name = key.name ?? key.id;
  const picked = await vscode.window.showQuickPick(linesOf(mirror.snapshot.accounts ?? [], key), {
    title: `Accounts of ${name}`, canPickMany: true, placeHolder: 'Who may serve this key? None marked: every account', matchOnDescription: true,
  });
  if (!picked) return;
  const marked = (kind: Line['kindOf']): string[] | null => {
    const values = picked.flatMap(({ kindOf, value }) => (kindOf === kind && value !== undefined ? [value] : []));
    return values.length === 0 ? null : values;
  };
  await mirror.call('apikey/update', { id: key.id, accountGroups: marked('group'), accountPlans: marked('plan') });
  vscode.window.setStatusBarMessage(picked.length === 0 ? `$(check) ${name} may use every account` : `$(check) Accounts of ${name} chosen`, 4_000);
}

/** Every group and plan of the pool, and those the key names although nobody has them any more. */
function linesOf(accounts: readonly Account[], { accountGroups, accountPlans }: PlatformKey): Line[] {
  const groups = counted(accounts.map(({ groupName }) => groupName ?? ''), accountGroups ?? []);
  const plans = counted(accounts.flatMap(({ plan }) => plan?.toLowerCase() ?? []), accountPlans ?? []);
  const line = (kindOf: 'group' | 'plan', [value, count]: readonly [string, number]): Line => ({
    kindOf, value, label: value === '' ? 'No group' : value, description: count === 1 ? '1 account' : `${count} accounts`, picked: ((kindOf === 'group' ? accountGroups : accountPlans) ?? []).includes(value),
  });
  const separator = (label: string): Line => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [separator('Groups'), ...groups.map((one) => line('group', one)), separator('Plans'), ...plans.map((one) => line('plan', one))];
}

function counted(found: readonly string[], named: readonly string[]): [string, number][] {
  const counts = new Map(named.map((name) => [name, 0]));
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}
