import { Account } from '../../src/contract/account.ts';
import type { PoolUsage } from '../../src/contract/usage.ts';
import type { Snapshot } from '../../src/vscode/mirror.ts';

/** A Tuesday, 14:00. */
export const now = new Date(2026, 10, 24, 14, 0).getTime();
export const reader = { now, locale: 'en-GB' };
export const inSeconds = (seconds: number): number => Math.round(now / 1000) + seconds;

/** A window of 5 hours or a week, or another one by `over`. */
export function windowOf(minutes: number, usedPercent: number, resetsIn: number | null, over: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: minutes === 300 ? '5 h' : `${minutes / 1_440} d`, minutes, usedPercent, resetsAt: resetsIn === null ? null : inSeconds(resetsIn), ...over };
}

/** An account as a window hears it: ready, 62 % of five hours left for 2 h 10 min, 81 % of the week. */
export function view(id: string, over: Record<string, unknown> = {}): Account {
  return Account.parse({
    id, label: `${id}@example.com`, groupName: null, sort: 0, email: `${id}@example.com`, plan: 'plus', enabled: true, status: 'ready', statusReason: null, availableAt: null,
    windows: [windowOf(300, 38, 7_800), windowOf(10_080, 19, 3 * 86_400)], ...over,
  });
}

export function poolOf(over: Partial<PoolUsage> = {}): PoolUsage {
  return { ready: 1, total: 1, needAction: 0, short: { left: 0, accounts: 0 }, long: { left: 0, accounts: 0 }, longInShort: null, next: null, passedOver: [], ...over };
}

export function snapshotOf(over: Partial<Snapshot>): Snapshot {
  return {
    seat: { role: 'leader', leader: { rpcUrl: 'http://127.0.0.1:1', token: 't', epoch: 1, contractVersion: 1, pid: 1 } },
    accounts: [], keys: [], gateway: { state: 'running', addresses: [], port: 48_760, message: null, paused: false }, usage: null, route: { strategy: 'ordered', locked: false, pinned: null }, settings: null, recent: [], ...over,
  };
}
