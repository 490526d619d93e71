import { HostMessage, pageEvents, type Link, type PageEvent, type PageMessage, type PagePayload } from '../../src/contract/panel.ts';
import { methods, type Method, type Params, type Result } from '../../src/contract/rpc.ts';

interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

interface Pending { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }

/** The page's end of the wire. What arrives is parsed, because its text comes from far away. */
export class HostLink {
  readonly #api = acquireVsCodeApi();
  readonly #pending = new Map<number, Pending>();
  readonly #events = new Map<PageEvent, (payload: unknown) => void>();
  #onLink: (link: Link) => void = () => undefined;
  #lastId = 0;

  constructor() {
    window.addEventListener('message', ({ data }) => {
      const message = HostMessage.safeParse(data).data;
      if (message) this.#receive(message);
    });
  }

  /** Says that the page listens. Everything that was registered before hears what comes. */
  ready(onLink: (link: Link) => void): void {
    this.#onLink = onLink;
    this.#api.postMessage({ type: 'ready' });
  }

  on<E extends PageEvent>(event: E, listener: (payload: PagePayload<E>) => void): void {
    this.#events.set(event, (raw) => {
      const payload = pageEvents[event].safeParse(raw);
      if (payload.success) listener(payload.data as PagePayload<E>);
    });
  }

  /** Rejects with an Error whose message can be shown. */
  async call<M extends Method>(method: M, params?: Params<M>): Promise<Result<M>> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#api.postMessage({ type: 'call', id, method, params });
    const result = methods[method].result.safeParse(await answer);
    if (!result.success) throw new Error(`The engine answered ${method} in a form this page does not know.`);
    return result.data as Result<M>;
  }

  copy(text: string): void {
    this.#api.postMessage({ type: 'copy', text });
  }

  get state(): unknown {
    return this.#api.getState();
  }

  keep(state: unknown): void {
    this.#api.setState(state);
  }

  #receive(message: HostMessage): void {
    switch (message.type) {
      case 'link': return this.#onLink(message.link);
      case 'event': return Object.hasOwn(pageEvents, message.event) ? this.#events.get(message.event as PageEvent)?.(message.payload) : undefined;
      case 'result': this.#pending.get(message.id)?.resolve(message.result); break;
      case 'fault': this.#pending.get(message.id)?.reject(new Error(message.fault.message)); break;
    }
    this.#pending.delete(message.id);
  }
}
