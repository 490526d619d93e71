import * as z from 'zod/mini';
import type { TokenUsage } from '../../core/tokenUsage.ts';
import type { UpstreamError } from '../../core/upstreamError.ts';
import { skipSpace, skipValue } from '../jsonBytes.ts';
import { encryptedIn } from '../scanRequest.ts';
import { eventData, eventType } from '../sseEvent.ts';
import { errorFromEvent } from './eventError.ts';

/** Events that promise nothing yet: a request whose stream brought only these can still go elsewhere. */
const preamble = new Set(['response.created', 'response.queued', 'response.in_progress', 'keepalive', 'ping']);
const usageMark = Buffer.from('"usage":');
const modelMark = Buffer.from('"model":');
const encryptedMark = Buffer.from('"encrypted_content":"');

/** As far into an event is looked for the response's id. */
const idWithin = 400;

const count = z.optional(z.nullable(z.number()));
const Usage = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  total_tokens: count,
  input_tokens_details: z.optional(z.nullable(z.looseObject({ cached_tokens: count, cache_write_tokens: count }))),
  output_tokens_details: z.optional(z.nullable(z.looseObject({ reasoning_tokens: count }))),
});

/** Reads along a Responses stream what failover, bindings and the log need, without parsing the events that go by. */
export class ResponseWatcher {
  phase: 'preamble' | 'content' | 'ended' = 'preamble';
  terminal: 'completed' | 'failed' | 'incomplete' | null = null;
  /** From a `response.failed` or a top-level `error` event. */
  failure: UpstreamError | null = null;
  usage: TokenUsage | null = null;
  /** Of a completed response. */
  responseId: string | null = null;
  /** The model that answered, as the provider's last event says. */
  modelServed: string | null = null;
  /** Values of `encrypted_content` in finished items. */
  readonly encrypted: string[] = [];
  readonly #onUsage: (event: unknown) => void;

  /** `onUsage` gets the data of each event that tells about the account's rate limits. */
  constructor(onUsage: (event: unknown) => void = () => undefined) {
    this.#onUsage = onUsage;
  }

  /** One complete event, as SseSplitter reports it. */
  onEvent(buffer: Buffer, start: number, end: number): void {
    if (this.phase === 'content' && isPlainContent(buffer, start)) return;
    const type = eventType(buffer, start, end);
    if (type === 'codex.rate_limits') return this.#onUsage(eventData(buffer, start, end));
    if (type === null || preamble.has(type)) return;
    switch (type) {
      case 'response.completed': return this.#finish('completed', buffer, start, end);
      case 'response.incomplete': return this.#finish('incomplete', buffer, start, end);
      case 'response.failed':
        this.failure = errorFromEvent(eventData(buffer, start, end));
        return this.#finish('failed', buffer, start, end);
      case 'error':
        this.failure = errorFromEvent(eventData(buffer, start, end));
        return;
      case 'response.output_item.done':
        if (buffer.subarray(start, end).includes(encryptedMark)) this.encrypted.push(...encryptedIn(buffer, { start, end }).filter((value) => value !== ''));
    }
    if (this.phase === 'preamble') this.phase = 'content';
  }

  #finish(terminal: 'completed' | 'failed' | 'incomplete', buffer: Buffer, start: number, end: number): void {
    this.terminal = terminal;
    this.phase = 'ended';
    this.modelServed = readModel(buffer, start, end);
    if (terminal === 'completed') this.responseId = readId(buffer, start, end);
    this.usage = readUsage(buffer.subarray(start, end)) ?? this.usage;
  }
}

/**
 * Whether an event is surely one of those that only carry content (`response.output_text.…`, `response.content_part.…`, `response.reasoning_…`), told by
 * three bytes of its `event: response.` line: there is no cheaper way, and most events of a stream are such.
 */
function isPlainContent(buffer: Buffer, start: number): boolean {
  if (buffer[start] !== 0x65 || buffer[start + 7] !== 0x72) return false; // "event: r"
  const first = buffer[start + 16];
  if (first === 0x6f) return buffer[start + 23] === 0x74; // "output_t…", not "output_item.done"
  if (first === 0x63) return buffer[start + 18] === 0x6e; // "con…", not "com…"
  return first === 0x72 && buffer[start + 18] === 0x61; // "rea…"
}

/** The response's id where the provider writes it, at the beginning of the object; null when it stands elsewhere. */
function readId(buffer: Buffer, start: number, end: number): string | null {
  return /"response":\s*\{\s*"id":\s*"([\w-]{1,200})"/.exec(buffer.toString('latin1', start, Math.min(end, start + idWithin)))?.[1] ?? null;
}

/** The first member `model` of an event: of the response itself, unless its metadata has one too. Inside a string its quotes would be escaped. */
function readModel(buffer: Buffer, start: number, end: number): string | null {
  const at = buffer.indexOf(modelMark, start);
  if (at < 0 || at >= end || buffer[at - 1] === 0x5c) return null;
  const from = skipSpace(buffer, at + modelMark.length);
  return /^"([\w.:/-]{1,100})"/.exec(buffer.toString('latin1', from, Math.min(end, from + 102)))?.[1] ?? null;
}

/** The last `usage` object in an event; the event, which may repeat a whole answer, is not parsed. */
function readUsage(event: Buffer): TokenUsage | null {
  for (let at = event.lastIndexOf(usageMark); at >= 0; at = at === 0 ? -1 : event.lastIndexOf(usageMark, at - 1)) {
    const start = skipSpace(event, at + usageMark.length);
    if (event[at - 1] === 0x5c || event[start] !== 0x7b) continue;
    const parsed = parseUsage(event, start);
    if (parsed) return parsed;
  }
  return null;
}

function parseUsage(event: Buffer, start: number): TokenUsage | null {
  try {
    const usage = Usage.parse(JSON.parse(event.toString('utf8', start, skipValue(event, start))));
    return {
      input: usage.input_tokens ?? null,
      cached: usage.input_tokens_details?.cached_tokens ?? null,
      output: usage.output_tokens ?? null,
      reasoning: usage.output_tokens_details?.reasoning_tokens ?? null,
      total: usage.total_tokens ?? null,
      cacheWritten: usage.input_tokens_details?.cache_write_tokens ?? null,
    };
  } catch {
    // A usage that cannot be read is a usage that was not told; the answer itself is untouched.
    return null;
  }
}
