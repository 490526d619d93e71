import { percentText } from '../../src/core/display/format.ts';
import { el, setText } from '../shared/dom.ts';
import { costText, countText } from '../shared/numbers.ts';
import type { DashboardState } from './main.ts';

const names = ['Accounts', 'Available', 'Unavailable', 'Left now', 'Tokens today', 'Cached', 'Reasoning', 'Cost today'] as const;
const unknown = '–';

/** The figures at the top. */
export class Cards {
  readonly #values = names.map(() => el('dd', {}, unknown));
  readonly element = el('ul', { class: 'cards', 'aria-label': 'Figures' }, ...names.map((name, i) => el('li', { class: 'card panel' }, el('dl', {}, el('dt', {}, name), this.#values[i] ?? null))));

  show({ pool, today }: DashboardState, locale: string): void {
    const texts = [
      countText(pool?.total ?? null, locale), countText(pool?.serving ?? null, locale), countText(pool ? pool.total - pool.serving : null, locale), pool?.left === undefined || pool.left === null ? unknown : percentText(pool.left),
      countText(today?.todayTokens ?? null, locale), countText(today?.cachedInputTokens ?? null, locale), countText(today?.reasoningOutputTokens ?? null, locale), today ? costText(today.estimatedCost, locale) : unknown,
    ];
    for (const [i, value] of this.#values.entries()) setText(value, texts[i] ?? unknown);
  }
}
