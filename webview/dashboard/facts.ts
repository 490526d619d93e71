import { tightestOf } from '../../src/core/display/accountState.ts';
import { percentText, timeText, type Reader } from '../../src/core/display/format.ts';
import type { PoolDigest } from '../../src/contract/panel.ts';
import { control, el, setText } from '../shared/dom.ts';
import type { DashboardState } from './main.ts';

/** Who answers now, who would be asked next, and where the gateway is. */
export class Facts {
  readonly #current = el('span');
  readonly #next = el('span');
  readonly #gateway = el('span');
  readonly #copy = control('button', { appearance: 'icon', 'aria-label': 'Copy gateway address', title: 'Copy gateway address' }, el('span', { class: 'codicon codicon-copy' }));
  readonly element = el('dl', { class: 'facts' },
    el('dt', {}, 'Current'), el('dd', {}, this.#current), el('dt', {}, 'Next'), el('dd', {}, this.#next), el('dt', {}, 'Gateway'), el('dd', {}, this.#gateway, this.#copy));

  constructor(copy: (text: string) => void) {
    this.#copy.addEventListener('click', () => copy(this.#gateway.textContent ?? ''));
  }

  show({ pool, last, names, gateway }: DashboardState, reader: Reader): void {
    const current = last?.accountId ? names[last.accountId] : undefined;
    setText(this.#current, current !== undefined && last ? `${current} · ${timeText(last.createdAt, reader)}` : pool ? 'no request yet' : '–');
    setText(this.#next, pool ? nextText(pool, reader) : '–');
    setText(this.#gateway, gateway?.state === 'running' ? `http://localhost:${gateway.port}${gateway.paused ? ' (paused)' : ''}` : gateway?.state === 'portBusy' ? `port ${gateway.port} is busy` : (gateway?.state ?? '–'));
    this.#copy.hidden = gateway?.state !== 'running';
  }
}

function nextText({ next, total }: PoolDigest, reader: Reader): string {
  if (!next) return total === 0 ? 'no account' : 'nobody is ready';
  const tightest = tightestOf(next, reader.now);
  return tightest ? `${next.label} · ${percentText(tightest.left)}` : next.label;
}
