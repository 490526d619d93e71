import type { Account, UsageWindow } from '../../src/contract/account.ts';
import type { PoolDigest } from '../../src/contract/panel.ts';
import { leftOf, lookOf } from '../../src/core/display/accountState.ts';
import { percentText, shortWindowName, timeText, windowName, type Reader } from '../../src/core/display/format.ts';
import { el, icon } from '../shared/dom.ts';

const lowPercent = 15;
const tones: Readonly<Record<Account['status'], string>> = {
  ready: 'tone-good', low: 'tone-warn', exhausted: 'tone-warn', coolingDown: 'tone-warn', needsLogin: 'tone-bad', blocked: 'tone-bad', unavailable: 'tone-bad', disabled: 'muted', unknown: 'muted',
};

/** Accounts in the pool's order, of a large pool those that matter first: its state in a word, and what is left of each window. */
export class AccountList {
  readonly element = el('ul', { class: 'accounts' });
  #shown = '';

  /** Null: not heard yet. Draws only what changed, so that nothing jumps. */
  show(pool: PoolDigest | null, reader: Reader): void {
    const text = JSON.stringify([pool?.total, pool?.accounts, Math.floor(reader.now / 60_000)]);
    if (text === this.#shown) return;
    this.#shown = text;
    if (!pool) return this.element.replaceChildren(el('li', { class: 'empty' }, 'Loading…'));
    if (pool.total === 0) return this.element.replaceChildren(el('li', { class: 'empty' }, 'No accounts yet. Import an auth.json with the button above the Accounts view.'));
    const more = pool.total - pool.accounts.length;
    const rest = more > 0 ? [el('li', { class: 'empty' }, `… and ${more.toLocaleString(reader.locale)} more in the Accounts view.`)] : [];
    this.element.replaceChildren(...pool.accounts.map((account) => accountItem(account, reader)), ...rest);
  }
}

function accountItem(account: Account, reader: Reader): HTMLElement {
  const { word, icon: name } = lookOf(account.status);
  const until = account.availableAt === null ? '' : ` until ${timeText(account.availableAt, reader)}`;
  return el('li', { class: 'account', 'data-account': account.id },
    el('div', { class: 'title' },
      icon(name, tones[account.status]), el('span', { class: 'name ellipsis', title: account.label }, account.label),
      account.plan === null ? null : el('span', { class: 'muted' }, account.plan), el('span', { class: `state ${tones[account.status]}` }, word + until)),
    ...account.windows.map((window) => windowRow(window, reader)));
}

function windowRow(window: UsageWindow, reader: Reader): HTMLElement {
  const left = leftOf(window, reader.now);
  const fill = el('div', { class: left <= 0 ? 'spent' : left < lowPercent ? 'low' : '' });
  fill.style.width = `${Math.max(left, left > 0 ? 2 : 0)}%`;
  const meter = el('div', { class: 'meter', role: 'meter', 'aria-label': `${windowName(window)} left`, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': String(Math.round(left)) }, fill);
  return el('div', { class: 'window' }, el('span', { class: 'muted ellipsis', title: windowName(window) }, shortWindowName(window)), meter, el('span', { class: 'left' }, percentText(left)),
    el('span', { class: 'resets muted ellipsis' }, window.resetsAt === null ? '' : `resets ${timeText(window.resetsAt, reader)}`));
}
