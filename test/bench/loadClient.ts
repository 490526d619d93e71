import { connect, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';

/**
 * Sends one kind of request over N keep-alive connections and measures. Raw sockets with a parser for just this: the load must not cost more than what
 * it measures. Input on stdin, one JSON line per job; result on stdout, one JSON line each.
 */
interface Job {
  readonly port: number;
  readonly path: string;
  readonly key: string;
  readonly model: string;
  readonly connections: number;
  /** Stop after so long, or, with `once`, when each connection has its one answer. */
  readonly ms: number;
  readonly once: boolean;
  readonly bodyBytes: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly errors: number;
  /** Milliseconds of each answer's last byte. */
  readonly latencies: readonly number[];
  /** Milliseconds from the write of a stream's first event to its arrival here. */
  readonly transits: readonly number[];
  /** Longest silence between two events of any one stream, ms. */
  readonly longestGap: number;
}

const captured = JSON.parse(readFileSync(new URL('../fixtures/wire/codex-custom-turn-known-model.json', import.meta.url), 'utf8')) as { headers: [string, string][]; body: { input: unknown[] } };
const skipped = new Set(['host', 'content-length', 'authorization', 'content-type', 'connection']);

/** A real client's request, cut or filled to `bytes`. */
function requestBytes({ port, path, key, model, bodyBytes }: Job): Buffer {
  const { input: _input, ...rest } = captured.body as { input: unknown[] } & Record<string, unknown>;
  const base = { ...rest, tools: [], model, input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: '' }] }] };
  const missing = Math.max(0, bodyBytes - JSON.stringify(base).length);
  const words = 'all work and no play "makes" ';
  const text = words.repeat(Math.ceil(missing / words.length)).slice(0, missing - Math.floor(missing / words.length) * 2);
  const body = JSON.stringify({ ...base, input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }] });
  const headers = captured.headers.filter(([name]) => !skipped.has(name.toLowerCase())).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`);
}

class Tally {
  requests = 0;
  errors = 0;
  longestGap = 0;
  readonly latencies: number[] = [];
  readonly transits: number[] = [];
}

const lastChunk = Buffer.from('0\r\n\r\n');
const stamp = /"sequence_number":(\d+),"at":"(\d+)"/g;

/** One connection: sends, reads to the end of the chunked answer, sends again. */
class Connection {
  readonly #job: Job;
  readonly #request: Buffer;
  readonly #tally: Tally;
  readonly #socket: Socket;
  readonly #done: () => void;
  #startedAt = 0n;
  #until = 0;
  #tail: Buffer = Buffer.alloc(0);
  #text = '';
  #expected = 0;
  #lastEvent = 0n;
  #ended = false;

  constructor(job: Job, request: Buffer, tally: Tally, until: number, done: () => void) {
    this.#job = job;
    this.#request = request;
    this.#tally = tally;
    this.#until = until;
    this.#done = done;
    this.#socket = connect(job.port, '127.0.0.1', () => this.#send());
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', () => this.#end(1));
    this.#socket.on('close', () => this.#end(1));
  }

  #send(): void {
    this.#startedAt = process.hrtime.bigint();
    this.#expected = 0;
    this.#text = '';
    this.#lastEvent = 0n;
    this.#tail = Buffer.alloc(0);
    this.#socket.write(this.#request);
  }

  #read(chunk: Buffer): void {
    if (this.#job.model === 'bench-paced') this.#readPaced(chunk);
    this.#tail = chunk.length >= 64 ? chunk.subarray(chunk.length - 64) : Buffer.concat([this.#tail, chunk]).subarray(-64);
    if (!this.#tail.subarray(-5).equals(lastChunk)) return;
    this.#tally.requests += 1;
    this.#tally.latencies.push(Number(process.hrtime.bigint() - this.#startedAt) / 1e6);
    if (this.#job.model === 'bench-paced' && !this.#text.includes('response.completed')) this.#tally.errors += 1;
    if (this.#job.once || Date.now() >= this.#until) this.#end(0);
    else this.#send();
  }

  /** Order, completeness and time of the events of a paced stream. */
  #readPaced(chunk: Buffer): void {
    const now = process.hrtime.bigint();
    this.#text = this.#text.slice(-400) + chunk.toString('latin1');
    for (const [whole, sequence, at] of this.#text.matchAll(stamp)) {
      if (Number(sequence) < this.#expected) continue;
      if (Number(sequence) !== this.#expected) this.#tally.errors += 1;
      if (this.#expected === 0) this.#tally.transits.push(Number(now - BigInt(at ?? 0)) / 1e6);
      else this.#tally.longestGap = Math.max(this.#tally.longestGap, Number(now - this.#lastEvent) / 1e6);
      this.#lastEvent = now;
      this.#expected = Number(sequence) + 1;
      if (!whole) return;
    }
  }

  #end(errors: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tally.errors += errors;
    this.#socket.destroy();
    this.#done();
  }
}

async function run(job: Job): Promise<LoadResult> {
  const tally = new Tally();
  const request = requestBytes(job);
  const startedAt = Date.now();
  await Promise.all(Array.from({ length: job.connections }, () => new Promise<void>((done) => void new Connection(job, request, tally, startedAt + job.ms, done))));
  return { requests: tally.requests, errors: tally.errors, seconds: (Date.now() - startedAt) / 1000, latencies: tally.latencies, transits: tally.transits, longestGap: tally.longestGap };
}

let pending = '';
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  pending += text;
  const end = pending.indexOf('\n');
  if (end < 0) return;
  const job = JSON.parse(pending.slice(0, end)) as Job;
  pending = pending.slice(end + 1);
  void run(job).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
}).on('end', () => process.exit(0));
