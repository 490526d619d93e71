import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { kindHeader } from './answers.ts';

const Capture = z.object({
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.looseObject({ input: z.array(z.unknown()), tools: z.array(z.looseObject({ name: z.optional(z.string()) })) }),
});

/** A turn of the real Codex CLI, as it was captured. */
const capture = Capture.parse(JSON.parse(readFileSync(new URL('../fixtures/wire/codex-custom-turn-known-model.json', import.meta.url), 'utf8')));
const ours = new Set(['host', 'content-length', 'authorization', 'accept', 'connection']);
/** Two tools instead of all: with them the captured turn has about 4.5 KB. */
const keptTools = new Set(['write_stdin', 'get_goal']);
const line = 'src/gateway/listener.ts:42:\t"a \\"quoted\\" word", and more of what a command prints\n';

export interface WantedRequest {
  readonly port: number;
  readonly key: string;
  /** Value of the header that tells the upstream what to answer. */
  readonly answer: string;
  readonly stream: boolean;
  readonly bodyBytes: number;
}

/** A real client's request, headers and body in one piece, its body of exactly `bodyBytes`. */
export function requestBytes({ port, key, answer, stream, bodyBytes }: WantedRequest): Buffer {
  const body = bodyOf(stream, bodyBytes);
  const kept = capture.headers.filter(([name]) => !ours.has(name.toLowerCase())).map(([name, value]) => `${name}: ${value}`);
  const head = ['POST /v1/responses HTTP/1.1', `host: 127.0.0.1:${port}`, `authorization: Bearer ${key}`, `accept: ${stream ? 'text/event-stream' : 'application/json'}`,
    ...kept, `${kindHeader}: ${answer}`, `content-length: ${Buffer.byteLength(body)}`];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The captured turn with as much history, and as long a last message, as the size needs. */
function bodyOf(stream: boolean, bytes: number): string {
  const input = [...capture.body.input];
  const tools = capture.body.tools.filter(({ name }) => name !== undefined && keptTools.has(name));
  const build = (history: readonly unknown[], text: string): string => JSON.stringify({
    ...capture.body, tools, stream, input: [...input, ...history, { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
  });
  const pair = callAndOutput(0);
  const pairBytes = Buffer.byteLength(JSON.stringify(pair)) - 1;
  const pairs = Math.max(0, Math.floor((bytes - Buffer.byteLength(build([], ''))) / pairBytes) - 1);
  const history = Array.from({ length: pairs }, (_, i) => callAndOutput(i)).flat();
  const missing = bytes - Buffer.byteLength(build(history, ''));
  if (missing < 0) throw new Error(`The captured turn is ${-missing} bytes larger than ${bytes}.`);
  return build(history, 'x'.repeat(missing));
}

/** A tool call and its output of about 2 KB. */
function callAndOutput(index: number): unknown[] {
  const call_id = `call_${String(index).padStart(6, '0')}`;
  return [
    { type: 'function_call', name: 'exec_command', call_id, arguments: JSON.stringify({ cmd: 'rg -n listener src', yield_time_ms: 1000 }) },
    { type: 'function_call_output', call_id, output: line.repeat(22) },
  ];
}
