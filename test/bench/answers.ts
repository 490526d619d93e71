/**
 * What the provider of the benchmarks answers, as bytes made once. Imported by the upstream that sends them and by the load generator that checks them.
 */

/** Request header that names the wanted answer; it begins with `x-codex-`, so a gateway passes a Codex client's on. */
export const kindHeader = 'x-codex-bench';

/** `json`: about 300 bytes. `sse`: thirty events at once. `paced`: events at a steady rate, with the time they were written. */
export type Kind = 'json' | 'sse' | 'paced';

function event(type: string, fields: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
}

const head = { id: 'resp_bench', object: 'response', created_at: 1795390000, status: 'in_progress', error: null, model: 'gpt-5.5', output: [], store: false, usage: null };
const usage = { input_tokens: 1200, input_tokens_details: { cached_tokens: 1024 }, output_tokens: 42, output_tokens_details: { reasoning_tokens: 16 }, total_tokens: 1242 };
const reasoning = { id: 'rs_bench', type: 'reasoning', summary: [], content: [], encrypted_content: '' };
const message = { id: 'msg_bench', type: 'message', status: 'in_progress', role: 'assistant', content: [] };
const inMessage = { item_id: 'msg_bench', output_index: 1, content_index: 0 };
const text = 'Some words of an answer, as long as a line.';

function completed(sequence: number): Buffer {
  return event('response.completed', { sequence_number: sequence, response: { ...head, status: 'completed', usage } });
}

const opening: readonly Buffer[] = [
  event('response.created', { sequence_number: 0, response: head }),
  event('response.in_progress', { sequence_number: 1, response: head }),
];

/** A turn of thirty events of about 200 bytes: a short thought, a message in twenty pieces, the usage. */
export const sseEvents: readonly Buffer[] = [
  ...opening,
  event('response.output_item.added', { sequence_number: 2, output_index: 0, item: reasoning }),
  event('response.output_item.done', { sequence_number: 3, output_index: 0, item: { ...reasoning, encrypted_content: 'gAAAA-bench-encrypted-reasoning' } }),
  event('response.output_item.added', { sequence_number: 4, output_index: 1, item: message }),
  event('response.content_part.added', { sequence_number: 5, ...inMessage, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } }),
  ...Array.from({ length: 20 }, (_, i) => event('response.output_text.delta', { sequence_number: 6 + i, ...inMessage, delta: text, logprobs: [] })),
  event('response.output_text.done', { sequence_number: 26, ...inMessage, text, logprobs: [] }),
  event('response.content_part.done', { sequence_number: 27, ...inMessage, part: { type: 'output_text', text, annotations: [], logprobs: [] } }),
  event('response.output_item.done', { sequence_number: 28, output_index: 1, item: { ...message, status: 'completed', content: [{ type: 'output_text', text, annotations: [], logprobs: [] }] } }),
  completed(29),
];

/** All of `sseEvents` in a row: what must arrive. */
export const sseBytes: Buffer = Buffer.concat(sseEvents);

const small = { id: 'resp_bench_small', object: 'response', status: 'completed', model: 'gpt-5.5', output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'pong' }] }], usage };

/** The small answer for who asks for JSON. */
export const jsonBytes: Buffer = Buffer.from(JSON.stringify(small));

/** The same for who asks for a stream, as the real backend demands it; a gateway makes the JSON of it. */
export const smallStream: Buffer = Buffer.concat([
  event('response.output_item.done', { sequence_number: 0, output_index: 0, item: small.output[0] }),
  event('response.completed', { sequence_number: 1, response: small }),
]);

/** What every small answer holds, whoever wrote the JSON. */
export const jsonMarks: readonly string[] = ['"resp_bench_small"', '"pong"', '"total_tokens":1242'];

/** The events that a paced stream begins with, before any content. */
export const pacedOpening: Buffer = Buffer.concat(opening);

/** One content event; `writtenAt` is CLOCK_MONOTONIC in ns, the same clock in every process of a Linux machine. `index` counts from 0. */
export function pacedEvent(index: number, writtenAt: bigint): Buffer {
  return event('response.output_text.delta', { sequence_number: 2 + index, ...inMessage, delta: `@${writtenAt} `, logprobs: [] });
}

/** The last event of a paced stream with so many content events. */
export function pacedEnd(contentEvents: number): Buffer {
  return completed(2 + contentEvents);
}

/** How a request asks for a paced stream. */
export interface Pace {
  readonly contentEvents: number;
  /** Of all streams together. */
  readonly eventsPerSecond: number;
  /** No content until so many streams are open; 0 = at once. */
  readonly hold: number;
}

export function writePace({ contentEvents, eventsPerSecond, hold }: Pace): string {
  return `paced:${contentEvents}:${eventsPerSecond}:${hold}`;
}

/** Null when the header does not ask for a paced stream. */
export function readPace(header: string): Pace | null {
  const [, contentEvents, eventsPerSecond, hold] = /^paced:(\d+):(\d+):(\d+)$/.exec(header) ?? [];
  return contentEvents === undefined ? null : { contentEvents: Number(contentEvents), eventsPerSecond: Number(eventsPerSecond), hold: Number(hold) };
}
