import type { Link } from '../../src/contract/panel.ts';
import { el, icon, setText } from './dom.ts';

/** One line that says whether the figures are live, and what is wrong when they are not. */
export class Banner {
  readonly #text = el('span');
  readonly #icon = icon('loading', 'codicon-modifier-spin');
  readonly element = el('p', { class: 'link', role: 'status', 'data-state': 'connecting' }, this.#icon, this.#text);

  show({ state, message }: Link): void {
    this.element.dataset['state'] = state;
    this.#icon.className = `codicon codicon-${state === 'live' ? 'circle-filled' : state === 'failed' ? 'error' : 'loading codicon-modifier-spin'}`;
    setText(this.#text, message ?? (state === 'live' ? 'live' : 'Connecting to the engine; the last figures stay.'));
  }

  /** A question that failed while the link is there. */
  fail(error: unknown): void {
    this.show({ state: 'failed', message: error instanceof Error ? error.message : 'Unknown error' });
  }
}
