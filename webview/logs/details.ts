import type { Attempt, RequestLogItem } from '../../src/contract/requestLog.ts';
import { control, el, icon } from '../shared/dom.ts';
import { costText, countText } from '../../src/core/display/amounts.ts';
import { durationText } from '../shared/numbers.ts';
import { isFailed, type Names } from './logTable.ts';

/** One request, whole: every account that was asked and why it went on, times, tokens, cost. */
export class Details {
  readonly #copy: (text: string) => void;
  readonly #names: Names;
  readonly element = el('section', { class: 'details panel', 'aria-label': 'Request details', 'aria-live': 'polite', hidden: '' });

  constructor(copy: (text: string) => void, names: Names) {
    this.#copy = copy;
    this.#names = names;
  }

  show(item: RequestLogItem | null): void {
    this.element.hidden = item === null;
    if (!item) return;
    const copy = control('button', { appearance: 'icon', 'aria-label': 'Copy trace id', title: 'Copy trace id' }, icon('copy'));
    copy.addEventListener('click', () => this.#copy(item.traceId));
    const tokens = [['in', item.inputTokens], ['cached', item.cachedInputTokens], ['out', item.outputTokens], ['reasoning', item.reasoningOutputTokens]] as const;
    this.element.replaceChildren(
      el('header', {}, el('h2', {}, icon(isFailed(item) ? 'error' : 'pass', isFailed(item) ? 'tone-bad' : 'tone-good'), `${item.method} ${item.requestPath} · ${item.statusCode ?? 'no answer'}`), el('span', { class: 'muted' }, item.traceId, copy)),
      item.error === null ? el('span') : el('p', { class: 'tone-bad' }, item.error),
      item.attempts.length === 0 ? el('p', { class: 'muted' }, 'No account was asked.') : this.#attempts(item.attempts),
      el('p', { class: 'facts muted' }, ...[
        `first byte ${durationText(item.firstByteMs)}`, `total ${durationText(item.durationMs)}`, `tokens ${tokens.map(([name, count]) => `${countText(count)} ${name}`).join(', ')}`,
        item.estimatedCostUsd === null ? null : costText(item.estimatedCostUsd), item.upstreamUrl,
      ].map((text) => (text === null ? null : el('span', {}, text)))),
    );
  }

  #attempts(attempts: readonly Attempt[]): HTMLElement {
    return el('table', { class: 'attempts', 'aria-label': 'Attempts' },
      el('thead', {}, el('tr', {}, ...['', 'Account', 'Status', 'Result', 'Time'].map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, ...attempts.map(({ accountId, status, reason, ms }, i) => el('tr', {},
        el('td', {}, String(i + 1)), el('td', {}, this.#names.accounts.get(accountId) ?? accountId), el('td', {}, String(status ?? '–')), el('td', {}, reason), el('td', {}, durationText(ms))))));
  }
}
