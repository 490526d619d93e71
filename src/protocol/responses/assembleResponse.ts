import * as z from 'zod/mini';
import { eventData, eventType } from '../sseEvent.ts';

const ItemDone = z.looseObject({ output_index: z.optional(z.number()), item: z.looseObject({}) });
const Ended = z.looseObject({ response: z.looseObject({ output: z.optional(z.nullable(z.array(z.unknown()))) }) });

/** Builds the one JSON answer out of a stream, for a client that did not ask for one. Fed with the events, in order. */
export class ResponseAssembler {
  readonly #items = new Map<number, unknown>();
  #response: Record<string, unknown> | null = null;

  onEvent(buffer: Buffer, start: number, end: number): void {
    switch (eventType(buffer, start, end)) {
      case 'response.output_item.done': return this.#addItem(eventData(buffer, start, end));
      case 'response.completed':
      case 'response.incomplete': return this.#finish(eventData(buffer, start, end));
      default:
    }
  }

  /** The Response object as JSON text. Its `output` is what the stream's finished items were when the last event brought none. */
  result(): string {
    const response = this.#response ?? {};
    const output = Array.isArray(response['output']) && response['output'].length > 0 ? response['output'] : [...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item);
    return JSON.stringify({ object: 'response', ...response, output });
  }

  #addItem(data: unknown): void {
    const done = ItemDone.safeParse(data).data;
    if (done) this.#items.set(done.output_index ?? this.#items.size, done.item);
  }

  #finish(data: unknown): void {
    this.#response = Ended.safeParse(data).data?.response ?? {};
  }
}
