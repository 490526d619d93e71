import { StatusClass } from '../../src/contract/requestLog.ts';
import { control, el, setText } from '../shared/dom.ts';

export interface Filter { readonly text: string; readonly status: StatusClass | null }

/** Time without a keystroke after which a search begins. */
const typingMs = 250;
const statuses: readonly (readonly [value: string, label: string])[] = [['', 'All statuses'], ['2xx', '2xx answered'], ['4xx', '4xx refused'], ['5xx', '5xx failed']];

/** Search, status and the live switch. */
export class Tools {
  readonly #search = control('text-field', { class: 'search', placeholder: 'Search: text, or account:… model:… status:5xx after:2h min:5000 …', title: 'Terms separated by blanks must all hold: account: key: model: effort: client: path: error: status:5xx after:2h before:yesterday min:5000 max:… attempts:>1', 'aria-label': 'Search requests' });
  readonly #status = control('dropdown', { 'aria-label': 'Status' }, ...statuses.map(([value, label]) => control('option', { value }, label)));
  readonly #pauseText = el('span', {}, 'Pause');
  readonly #pause = control('button', { appearance: 'secondary', 'aria-pressed': 'false' }, this.#pauseText);
  readonly element = el('div', { class: 'tools', role: 'search' }, this.#pause, this.#status, this.#search);
  #filter: Filter;
  paused = false;

  constructor(filter: Filter, onFilter: (filter: Filter) => void, onPause: (paused: boolean) => void) {
    this.#filter = filter;
    this.#search.setAttribute('value', filter.text);
    this.#search.value = filter.text;
    this.#select(filter.status);
    let timer: ReturnType<typeof setTimeout> | null = null;
    const changed = (): void => {
      if (timer) clearTimeout(timer);
      timer = setTimeout(() => {
        const next = { text: this.#search.value.trim(), status: StatusClass.safeParse(this.#status.value).data ?? null };
        if (next.text === this.#filter.text && next.status === this.#filter.status) return;
        this.#filter = next;
        onFilter(next);
      }, typingMs);
    };
    this.#search.addEventListener('input', changed);
    this.#status.addEventListener('change', changed);
    this.#pause.addEventListener('click', () => {
      this.paused = !this.paused;
      this.#pause.setAttribute('aria-pressed', String(this.paused));
      setText(this.#pauseText, this.paused ? 'Resume' : 'Pause');
      onPause(this.paused);
    });
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** The toolkit takes a choice only once its options stand. */
  #select(status: StatusClass | null): void {
    queueMicrotask(() => {
      this.#status.value = status ?? '';
    });
  }
}
