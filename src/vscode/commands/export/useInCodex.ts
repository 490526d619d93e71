import type { Account } from '../../../contract/account.ts';
import type { Mirror } from '../../mirror.ts';
import { confirm, tell } from '../../notify.ts';

/** Lets Codex CLI use one account directly, past the gateway. */
export async function useInCodex(mirror: Mirror, account: Account | null): Promise<void> {
  if (!account) return;
  const { path, state, email } = await mirror.call('account/codexLogin');
  const there = state === 'none' ? '' : ` What is there now${email === null ? '' : ` (${email})`} is kept in a file beside it.`;
  const detail = `Its login is written into ${path} and kept in step with every renewal from then on.${there} Codex sessions that run must be started again.`;
  if (!(await confirm(`Let Codex CLI use ${account.label}?`, detail, 'Use in Codex CLI'))) return;
  const { backup } = await mirror.call('account/useInCodex', { accountId: account.id });
  void tell('info', `Codex CLI now uses ${account.label}.${backup === null ? '' : ` The login it had before is in ${backup}.`}`);
}
