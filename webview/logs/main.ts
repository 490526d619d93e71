import { StatusClass, type RequestLogItem } from '../../src/contract/requestLog.ts';
import { registerControls } from '../shared/controls.ts';
import { control, el, setText } from '../shared/dom.ts';
import { Banner } from '../shared/banner.ts';
import { HostLink } from '../shared/hostLink.ts';
import { Details } from './details.ts';
import { LogTable, type Names } from './logTable.ts';
import { Tools, type Filter } from './tools.ts';

const pageRows = 200;
/** More rows are not kept in the page; older ones are asked for again. */
const mostRows = 2_000;

registerControls();
const host = new HostLink();
const banner = new Banner();
const names: Names = { accounts: new Map(), keys: new Map() };
const result = el('p', { class: 'visually-hidden', role: 'status' });
const more = control('button', { appearance: 'secondary' }, 'Load Older');
const details = new Details((text) => host.copy(text), names);
const table = new LogTable(names, (item) => details.show(item));
const tools = new Tools(kept(host.state), (filter) => {
  host.keep(filter);
  void load();
}, (paused) => {
  if (!paused) void load();
});
let rows: readonly RequestLogItem[] = [];
/** Answers to an older question are not shown. */
let asked = 0;

more.addEventListener('click', () => void loadOlder());
const moreLine = el('div', { class: 'more' }, more);
document.getElementById('page')?.append(
  el('header', {}, el('h1', {}, 'Requests'), banner.element), tools.element, result,
  el('div', { class: 'split' }, el('div', { class: 'rows' }, table.element, moreLine), details.element),
);

function kept(state: unknown): Filter {
  const { text, status } = typeof state === 'object' && state !== null ? state as { text?: unknown; status?: unknown } : {};
  return { text: typeof text === 'string' ? text : '', status: StatusClass.safeParse(status).data ?? null };
}

function draw(hasMore: boolean | null): void {
  table.show(rows);
  if (hasMore !== null) moreLine.hidden = !hasMore;
  setText(result, `${rows.length} requests shown`);
}

function question(): { query: string; statusClass: Filter['status']; limit: number } {
  const { text, status } = tools.filter;
  return { query: text, statusClass: status, limit: pageRows };
}

async function load(): Promise<void> {
  asked += 1;
  const mine = asked;
  try {
    const { items } = await host.call('requestlog/list', question());
    if (mine !== asked) return;
    rows = items;
    draw(items.length === pageRows);
  } catch (thrown) {
    banner.fail(thrown);
  }
}

async function loadOlder(): Promise<void> {
  const oldest = rows.at(-1);
  if (!oldest) return;
  asked += 1;
  const mine = asked;
  try {
    const { items } = await host.call('requestlog/list', { ...question(), beforeId: oldest.id });
    if (mine !== asked) return;
    rows = [...rows, ...items];
    draw(items.length === pageRows && rows.length < mostRows);
  } catch (thrown) {
    banner.fail(thrown);
  }
}

async function loadKeys(): Promise<void> {
  try {
    const keys = await host.call('apikey/list');
    names.keys = new Map(keys.items.map(({ id, name }) => [id, name ?? id]));
    draw(null);
  } catch (thrown) {
    banner.fail(thrown);
  }
}

host.on('names', (told) => {
  names.accounts = new Map([...names.accounts, ...Object.entries(told)]);
  draw(null);
});
host.on('apikey/changed', (keys) => {
  names.keys = new Map(keys.map(({ id, name }) => [id, name ?? id]));
  draw(null);
});
host.on('requestlog/added', (added) => {
  if (tools.paused) return;
  const { text, status } = tools.filter;
  // What a search finds is the engine's to say.
  if (text !== '' || status !== null) return void load();
  const known = new Set(rows.map(({ id }) => id));
  rows = [...added.filter(({ id }) => !known.has(id)).toReversed(), ...rows].slice(0, Math.max(pageRows, rows.length));
  draw(null);
});
host.ready((link) => {
  banner.show(link);
  if (link.state !== 'live') return;
  void loadKeys();
  void load();
});
