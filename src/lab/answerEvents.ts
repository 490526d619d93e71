import { randomBytes } from 'node:crypto';
import type { Item, LabTurn } from './strictness.ts';

export interface LabAnswer {
  /** Whole events as they go over the wire. */
  readonly events: readonly string[];
  /** The encrypted reasoning that only this account can read again. */
  readonly encrypted: string;
}

/** The events of a full answer by this account: reasoning, then a tool call when the prompt asks for one with `[tool]`, else text that names the account, or what `[say …]` asks for. */
export function answerEvents(turn: LabTurn, label: string): LabAnswer {
  const id = `resp_${randomBytes(8).toString('hex')}`;
  const encrypted = `gAAAA-${label}-${randomBytes(12).toString('hex')}`;
  const reasoning = { id: `rs_${randomBytes(6).toString('hex')}`, type: 'reasoning', summary: [{ type: 'summary_text', text: 'A short thought.' }], encrypted_content: encrypted };
  const wantsTool = promptOf(turn).includes('[tool]') && !hasOutput(turn);
  const item = wantsTool ? toolCall() : message(textOf(turn, label));
  const writer = new EventWriter(id, turn.model);
  writer.begin();
  writer.add('response.output_item.added', { output_index: 0, item: { ...reasoning, summary: [], encrypted_content: '' } });
  writer.add('response.output_item.done', { output_index: 0, item: reasoning });
  if (item.type === 'message') writeText(writer, item);
  else writer.add('response.output_item.added', { output_index: 1, item: { ...item, arguments: '', status: 'in_progress' } });
  writer.add('response.output_item.done', { output_index: 1, item });
  writer.complete([reasoning, item], usageOf(turn));
  return { events: writer.events, encrypted };
}

/** `response.failed`, as the real backend ends a stream it cannot finish. */
export function failedEventText(code: string, message: string): string {
  return eventText('response.failed', { response: { id: 'resp_failed', object: 'response', status: 'failed', error: { code, message }, output: [] } });
}

export function eventText(type: string, fields: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

type OutputItem = ReturnType<typeof message> | ReturnType<typeof toolCall>;

function message(text: string) {
  return { id: `msg_${randomBytes(6).toString('hex')}`, type: 'message' as const, status: 'completed', role: 'assistant', content: [{ type: 'output_text', text, annotations: [], logprobs: [] }] };
}

function toolCall() {
  return { id: `fc_${randomBytes(6).toString('hex')}`, type: 'function_call' as const, status: 'completed', name: 'exec_command', arguments: JSON.stringify({ cmd: 'echo tool-ran-$((6*7))' }), call_id: `call_${randomBytes(6).toString('hex')}` };
}

function writeText(writer: EventWriter, item: Extract<OutputItem, { type: 'message' }>): void {
  const text = item.content[0]?.text ?? '';
  const at = { item_id: item.id, output_index: 1, content_index: 0 };
  writer.add('response.output_item.added', { output_index: 1, item: { ...item, status: 'in_progress', content: [] } });
  writer.add('response.content_part.added', { ...at, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } });
  for (const delta of text.match(/.{1,9}/gs) ?? []) writer.add('response.output_text.delta', { ...at, delta, logprobs: [] });
  writer.add('response.output_text.done', { ...at, text, logprobs: [] });
  writer.add('response.content_part.done', { ...at, part: item.content[0] });
}

class EventWriter {
  readonly events: string[] = [];
  readonly #response: Record<string, unknown>;

  constructor(id: string, model: string) {
    this.#response = { id, object: 'response', created_at: Math.floor(Date.now() / 1000), status: 'in_progress', error: null, incomplete_details: null, model, output: [], parallel_tool_calls: true, store: false, usage: null, metadata: {} };
  }

  begin(): void {
    this.add('response.created', { response: this.#response });
    this.add('response.in_progress', { response: this.#response });
  }

  add(type: string, fields: Record<string, unknown>): void {
    this.events.push(eventText(type, { sequence_number: this.events.length, ...fields }));
  }

  complete(output: readonly unknown[], usage: unknown): void {
    this.add('response.completed', { response: { ...this.#response, status: 'completed', output, usage } });
  }
}

function usageOf(turn: LabTurn): unknown {
  const input = Math.ceil(JSON.stringify(turn.input).length / 4);
  return { input_tokens: input, input_tokens_details: { cached_tokens: Math.floor(input / 2) }, output_tokens: 42, output_tokens_details: { reasoning_tokens: 16 }, total_tokens: input + 42 };
}

function textOf(turn: LabTurn, label: string): string {
  const said = /\[say ([^\]]*)\]/.exec(promptOf(turn))?.[1];
  if (said !== undefined) return said;
  return hasOutput(turn) ? `The tool said: ${toolOutput(turn)}. Answered by ${label}.` : `Hello from ${label}.`;
}

function items(turn: LabTurn): readonly Item[] {
  return typeof turn.input === 'string' ? [] : turn.input;
}

function promptOf(turn: LabTurn): string {
  const users = items(turn).filter((item) => item.role === 'user');
  return typeof turn.input === 'string' ? turn.input : JSON.stringify(users.at(-1)?.content ?? '');
}

function hasOutput(turn: LabTurn): boolean {
  return items(turn).some((item) => item.type?.endsWith('_call_output') === true);
}

function toolOutput(turn: LabTurn): string {
  const output = JSON.stringify(items(turn).findLast((item) => item.type?.endsWith('_call_output') === true)?.output ?? '');
  return /tool-ran-\d+/.exec(output)?.[0] ?? 'nothing';
}
