import { percentText } from '../../src/core/display/format.ts';
import { el, setText } from '../shared/dom.ts';
import { costText, countText } from '../../src/core/display/amounts.ts';
import type { DashboardState } from './main.ts';

const names = ['Accounts', 'Available', 'Unavailable', 'Left now', 'Tokens today', 'Cached', 'Reasoning', 'Cost today'] as const;
const unknown = '–';

/** The figures at the top. */
export class Cards {
  readonly #values = names.map(() => el('dd', {}, unknown));
  readonly element = el('ul', { class: 'cards', 'aria-label': 'Figures' }, ...names.map((name, i) => el('li', { class: 'card panel' }, el('dl', {}, el('dt', {}, name), this.#values[i] ?? null))));

  show({ pool, today }: DashboardState): void {
    const texts = [
      countText(pool?.total ?? null), countText(pool?.serving ?? null), countText(pool ? pool.total - pool.serving : null), pool?.left === undefined || pool.left === null ? unknown : percentText(pool.left),
      countText(today?.todayTokens ?? null), countText(today?.cachedInputTokens ?? null), countText(today?.reasoningOutputTokens ?? null), today ? costText(today.estimatedCost) : unknown,
    ];
    for (const [i, value] of this.#values.entries()) setText(value, texts[i] ?? unknown);
  }
}
