import type { ServerResponse } from 'node:http';
import type { Refusal } from '../protocol/refusal.ts';
import type { TurnClient } from './turnClient.ts';
import { ResponseAssembler } from '../protocol/responses/assembleResponse.ts';
import { responsesRefusal } from '../protocol/responses/errorBody.ts';

/** A Responses client that wants one JSON answer. Nothing reaches it before the end, so every failure can still be retried. */
export class JsonClient implements TurnClient {
  readonly committed = false;
  readonly #response: ServerResponse;
  readonly #now: () => number;
  #headers: readonly string[] = [];
  #assembler = new ResponseAssembler();

  constructor(response: ServerResponse, now: () => number) {
    this.#response = response;
    this.#now = now;
  }

  open(headers: readonly string[]): void {
    this.#headers = headers;
    this.#assembler = new ResponseAssembler();
  }

  event(buffer: Buffer, start: number, end: number): void {
    this.#assembler.onEvent(buffer, start, end);
  }

  push(): boolean {
    return true;
  }

  onDrain(): void {
    // Nothing is written before the end, so nothing can be slow.
  }

  drop(): void {
    this.#assembler = new ResponseAssembler();
  }

  end(): void {
    const body = this.#assembler.result();
    const headers = this.#headers.filter((_, i) => this.#headers[i - (i % 2)] !== 'content-type');
    this.#response.writeHead(200, ['content-type', 'application/json', 'content-length', String(body.length), ...headers]).end(body);
  }

  cut(message: string): void {
    this.refuse({ status: 502, code: 'upstream_error', type: 'server_error', message });
  }

  pass(status: number, headers: readonly string[], body: Buffer): void {
    this.#response.writeHead(status, [...headers, 'content-length', String(body.length)]).end(body);
  }

  refuse(refusal: Refusal): void {
    const { status, headers, body } = responsesRefusal(refusal, this.#now());
    this.#response.writeHead(status, headers).end(body);
  }
}
