import type { RequestLogItem } from '../../src/contract/requestLog.ts';
import { el } from '../shared/dom.ts';
import { countText } from '../../src/core/display/amounts.ts';
import { durationText } from '../shared/numbers.ts';

/** What ids are called. */
export interface Names { accounts: ReadonlyMap<string, string>; keys: ReadonlyMap<string, string> }

interface Column { readonly name: string; readonly className: string; readonly text: (item: RequestLogItem, names: Names, locale: string) => string }

/** `pN` columns go first when the panel is narrow, the higher the number the sooner. */
const columns: readonly Column[] = [
  { name: 'Time', className: '', text: ({ createdAt }, _names, locale) => new Date(createdAt * 1_000).toLocaleTimeString(locale, { hour12: false }) },
  { name: 'Account', className: '', text: accountOf },
  { name: 'Key', className: 'p3', text: ({ keyId }, names) => (keyId === null ? '–' : (names.keys.get(keyId) ?? keyId)) },
  { name: 'Model', className: 'p2', text: ({ model }) => model ?? '–' },
  { name: 'Effort', className: 'p4', text: ({ reasoningEffort }) => reasoningEffort ?? '–' },
  { name: 'Status', className: '', text: ({ statusCode }) => String(statusCode ?? '–') },
  { name: 'In / cached / out', className: 'number p3', text: ({ inputTokens, cachedInputTokens, outputTokens }) => [inputTokens, cachedInputTokens, outputTokens].map(countText).join(' / ') },
  { name: 'First', className: 'number p4', text: ({ firstByteMs }) => durationText(firstByteMs) },
  { name: 'Total', className: 'number p2', text: ({ durationMs }) => durationText(durationMs) },
  { name: 'Attempts', className: 'number p4', text: ({ attempts }) => (attempts.length > 1 ? `${attempts.length} ↻` : String(attempts.length)) },
];

/** Without an account the key's beginning says whose request it was. */
export function accountOf({ accountId, keyId }: RequestLogItem, names: Names): string {
  if (accountId !== null) return names.accounts.get(accountId) ?? accountId;
  return keyId === null ? '–' : `key ${keyId.slice(0, 9)}`;
}

export function isFailed({ statusCode, error }: RequestLogItem): boolean {
  return statusCode === null || statusCode >= 400 || error !== null;
}

/** The requests, newest first. Rows keep their elements, so that selection, focus and scroll stay where they are. */
export class LogTable {
  readonly #names: Names;
  readonly #onSelect: (item: RequestLogItem | null) => void;
  readonly #body = el('tbody');
  readonly #empty = el('p', { class: 'empty' }, 'No requests match. Point a client at the gateway, or clear the search.');
  readonly element = el('div', {}, el('table', { 'aria-label': 'Requests' }, el('thead', {}, el('tr', {}, ...columns.map(({ name, className }) => el('th', { scope: 'col', class: className }, name)))), this.#body), this.#empty);
  readonly #rows = new Map<number, { readonly text: string; readonly row: HTMLTableRowElement }>();
  #items: readonly RequestLogItem[] = [];
  #selected: number | null = null;

  constructor(names: Names, onSelect: (item: RequestLogItem | null) => void) {
    this.#names = names;
    this.#onSelect = onSelect;
    this.#body.addEventListener('click', (event) => this.#select(rowOf(event.target)));
    this.#body.addEventListener('focusin', (event) => this.#select(rowOf(event.target)));
    this.#body.addEventListener('keydown', (event) => this.#move(event));
  }

  show(items: readonly RequestLogItem[]): void {
    this.#items = items;
    const locale = document.documentElement.lang || 'en';
    const kept = new Set(items.map(({ id }) => id));
    for (const [id, { row }] of this.#rows) {
      if (kept.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    let before: Element | null = this.#body.firstElementChild;
    for (const item of items) {
      const row = this.#rowOf(item, locale);
      if (row === before) before = row.nextElementSibling;
      else this.#body.insertBefore(row, before);
    }
    this.#empty.hidden = items.length > 0;
    this.#makeReachable();
  }

  #rowOf(item: RequestLogItem, locale: string): HTMLTableRowElement {
    const texts = columns.map(({ text }) => text(item, this.#names, locale));
    const known = this.#rows.get(item.id);
    if (known?.text === texts.join('\n')) return known.row;
    const row = known?.row ?? el('tr', { 'data-id': String(item.id), tabindex: '-1', 'aria-selected': 'false' });
    row.replaceChildren(...columns.map(({ className, name }, i) => el('td', { class: className, title: texts[i] ?? '' }, name === 'Status' ? el('span', { class: isFailed(item) ? 'tone-bad' : 'tone-good' }, texts[i] ?? '') : (texts[i] ?? ''))));
    this.#rows.set(item.id, { text: texts.join('\n'), row });
    return row;
  }

  /** Exactly one row is reached with Tab: the selected one, else the first. */
  #makeReachable(): void {
    const reachable = this.#selected !== null && this.#rows.has(this.#selected) ? this.#selected : this.#items[0]?.id;
    for (const [id, { row }] of this.#rows) row.tabIndex = id === reachable ? 0 : -1;
  }

  #select(row: HTMLTableRowElement | null): void {
    const item = this.#items.find(({ id }) => String(id) === row?.dataset['id']);
    if (!item || item.id === this.#selected) return;
    this.#rows.get(this.#selected ?? -1)?.row.setAttribute('aria-selected', 'false');
    this.#selected = item.id;
    row?.setAttribute('aria-selected', 'true');
    this.#makeReachable();
    this.#onSelect(item);
  }

  #move(event: KeyboardEvent): void {
    const row = rowOf(event.target);
    const next = event.key === 'ArrowDown' ? row?.nextElementSibling : event.key === 'ArrowUp' ? row?.previousElementSibling
      : event.key === 'Home' ? this.#body.firstElementChild : event.key === 'End' ? this.#body.lastElementChild : null;
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  }
}

function rowOf(target: EventTarget | null): HTMLTableRowElement | null {
  return target instanceof Element ? target.closest('tr') : null;
}
