import { isServing, poolLeft } from '../../src/core/display/accountState.ts';
import { percentText, type Reader } from '../../src/core/display/format.ts';
import { el, setText } from '../shared/dom.ts';
import { costText, countText } from '../shared/numbers.ts';
import type { DashboardState } from './main.ts';

const names = ['Accounts', 'Available', 'Unavailable', 'Left now', 'Tokens today', 'Cached', 'Reasoning', 'Cost today'] as const;
const unknown = '–';

/** The figures at the top. */
export class Cards {
  readonly #values = names.map(() => el('dd', {}, unknown));
  readonly element = el('ul', { class: 'cards', 'aria-label': 'Figures' }, ...names.map((name, i) => el('li', { class: 'card panel' }, el('dl', {}, el('dt', {}, name), this.#values[i] ?? null))));

  show({ accounts, today }: DashboardState, { now, locale }: Reader): void {
    const available = accounts?.filter(isServing).length ?? null;
    const left = accounts ? poolLeft(accounts, now) : null;
    const texts = [
      countText(accounts?.length ?? null, locale), countText(available, locale), accounts && available !== null ? countText(accounts.length - available, locale) : unknown, left === null ? unknown : percentText(left),
      countText(today?.todayTokens ?? null, locale), countText(today?.cachedInputTokens ?? null, locale), countText(today?.reasoningOutputTokens ?? null, locale), today ? costText(today.estimatedCost, locale) : unknown,
    ];
    for (const [i, value] of this.#values.entries()) setText(value, texts[i] ?? unknown);
  }
}
