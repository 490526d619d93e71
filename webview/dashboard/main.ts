import type { GatewayState } from '../../src/contract/gatewayState.ts';
import type { PoolDigest } from '../../src/contract/panel.ts';
import type { RequestLogItem, TodaySummary } from '../../src/contract/requestLog.ts';
import { registerControls } from '../shared/controls.ts';
import { el } from '../shared/dom.ts';
import { Banner } from '../shared/banner.ts';
import { HostLink } from '../shared/hostLink.ts';
import { AccountList } from './accountList.ts';
import { Cards } from './cards.ts';
import { Facts } from './facts.ts';

/** What the dashboard shows; null is what was not heard yet. */
export interface DashboardState {
  pool: PoolDigest | null;
  today: TodaySummary | null;
  last: RequestLogItem | null;
  /** What accounts of requests are called. */
  names: Readonly<Record<string, string>>;
  gateway: GatewayState | null;
}

/** Totals are asked for anew after requests, at most so often; times of day go on without one. */
const summaryMs = 1_000;
const tickMs = 30_000;
/** Among so many the last one that reached an account is looked for. */
const recentRows = 50;
const answered = ({ accountId }: RequestLogItem): boolean => accountId !== null;

registerControls();
const host = new HostLink();
const banner = new Banner();
const state: DashboardState = { pool: null, today: null, last: null, names: {}, gateway: null };
const cards = new Cards();
const accounts = new AccountList();
const facts = new Facts((text) => host.copy(text));
document.getElementById('page')?.append(
  el('header', {}, el('h1', {}, 'CodexManager'), banner.element), cards.element,
  el('div', { class: 'columns' }, el('section', { class: 'panel', 'aria-label': 'Accounts' }, el('h2', {}, 'Accounts'), accounts.element), el('section', { class: 'panel', 'aria-label': 'Now' }, el('h2', {}, 'Now'), facts.element)),
);

function draw(): void {
  const reader = { now: Date.now(), locale: document.documentElement.lang || 'en' };
  cards.show(state);
  accounts.show(state.pool, reader);
  facts.show(state, reader);
}

function set(change: Partial<DashboardState>): void {
  Object.assign(state, change);
  draw();
}

async function load(): Promise<void> {
  try {
    const [today, log, gateway] = await Promise.all([host.call('requestlog/today_summary'), host.call('requestlog/list', { limit: recentRows }), host.call('gateway/status')]);
    set({ today, last: log.items.find(answered) ?? null, gateway });
  } catch (thrown) {
    banner.fail(thrown);
  }
}

let summaryTimer: ReturnType<typeof setTimeout> | null = null;
function askSummary(): void {
  summaryTimer ??= setTimeout(() => {
    summaryTimer = null;
    host.call('requestlog/today_summary').then((today) => set({ today }), (thrown: unknown) => banner.fail(thrown));
  }, summaryMs);
}

host.on('pool', (pool) => set({ pool }));
host.on('names', (names) => set({ names: { ...state.names, ...names } }));
host.on('gateway/changed', (gateway) => set({ gateway }));
host.on('requestlog/added', (rows) => {
  set({ last: rows.findLast(answered) ?? state.last });
  askSummary();
});
host.ready((link) => {
  banner.show(link);
  if (link.state === 'live') void load();
});
setInterval(draw, tickMs);
draw();
