import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ResponseWatcher } from '../../../../src/protocol/responses/responseWatcher.ts';
import { ResponseAssembler } from '../../../../src/protocol/responses/assembleResponse.ts';
import { SseSplitter } from '../../../../src/protocol/sseSplitter.ts';

function fixture(name: string): Buffer {
  return readFileSync(resolve(import.meta.dirname, '../../../fixtures/wire', name));
}

function watch(bytes: Buffer, pieceBytes = bytes.length): ResponseWatcher {
  const watcher = new ResponseWatcher();
  const splitter = new SseSplitter((buffer, start, end) => watcher.onEvent(buffer, start, end));
  for (let at = 0; at < bytes.length; at += pieceBytes) splitter.push(bytes.subarray(at, at + pieceBytes));
  return watcher;
}

const event = (type: string, fields: Record<string, unknown> = {}): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

describe('ResponseWatcher', () => {
  for (const pieces of ['whole', 'in 1-byte pieces'] as const) {
    const read = (name: string): ResponseWatcher => watch(fixture(name), pieces === 'whole' ? undefined : 1);

    it(`reads a full answer ${pieces}`, () => {
      const watcher = read('codex-text-full.sse');
      assert.deepEqual([watcher.phase, watcher.terminal, watcher.failure], ['ended', 'completed', null]);
      assert.deepEqual(watcher.usage, { input: 1200, cached: 1024, output: 42, reasoning: 16, total: 1242, cacheWritten: null });
      assert.deepEqual(watcher.encrypted, ['gAAAA-FAKE-encrypted-reasoning']);
    });

    it(`reads the least answer, without event lines or usage, ${pieces}`, () => {
      const watcher = read('codex-text-minimal.sse');
      assert.deepEqual([watcher.phase, watcher.terminal, watcher.usage], ['ended', 'completed', null]);
    });

    it(`reads failures ${pieces}`, () => {
      assert.deepEqual([read('codex-failed-rate-limit.sse').failure?.status, read('codex-failed-rate-limit.sse').failure?.code], [429, 'rate_limit_exceeded']);
      assert.equal(read('codex-failed-overloaded.sse').failure?.status, 503);
    });
  }

  it('counts only what promises nothing as preamble', () => {
    for (const quiet of [': ping\n\n', 'data: \n\n', 'event: ping\ndata: {}\n\n', event('response.created'), event('response.queued'), event('response.in_progress'), event('codex.rate_limits', { x: 1 }), event('keepalive'), 'data: [DONE]\n\n']) {
      assert.equal(watch(Buffer.from(quiet)).phase, 'preamble', quiet);
    }
    for (const content of [event('response.output_item.added'), event('response.something.new'), 'data: {"x":1,"type":"response.output_text.delta"}\n\n', 'event: odd\ndata: text\n\n']) {
      assert.equal(watch(Buffer.from(content)).phase, 'content', content);
    }
  });

  it('takes a top-level error event for a failure, by any of its shapes', () => {
    for (const [fields, status, code] of [
      [{ status: 429, error: { type: 'usage_limit_reached', resets_at: 5 } }, 429, null], [{ status_code: 401, error: { code: 'x' } }, 401, 'x'], [{ code: 'server_error', message: 'm' }, 500, 'server_error'], [{}, 500, null],
    ] as const) {
      const { failure } = watch(Buffer.from(event('error', fields)));
      assert.deepEqual([failure?.status, failure?.code], [status, code]);
    }
  });

  it('is not fooled by text that looks like usage', () => {
    const output = [{ type: 'message', content: [{ type: 'output_text', text: '"usage":{"input_tokens":1}' }] }];
    const watcher = watch(Buffer.from(event('response.completed', { response: { id: 'r', output, usage: { input_tokens: 7, output_tokens: 8, total_tokens: 15, input_tokens_details: null } } })));
    assert.deepEqual(watcher.usage, { input: 7, cached: null, output: 8, reasoning: null, total: 15, cacheWritten: null });
  });
});

describe('ResponseAssembler', () => {
  function assemble(bytes: Buffer): Record<string, unknown> {
    const assembler = new ResponseAssembler();
    new SseSplitter((buffer, start, end) => assembler.onEvent(buffer, start, end)).push(bytes);
    return JSON.parse(assembler.result().toString()) as Record<string, unknown>;
  }

  it('gives the final response as it came', () => {
    const response = assemble(fixture('codex-text-full.sse'));
    assert.deepEqual([response['object'], response['status'], (response['output'] as unknown[]).length], ['response', 'completed', 2]);
  });

  it('fills the output from the finished items when the last event has none', () => {
    const response = assemble(fixture('codex-text-minimal.sse'));
    assert.equal(response['object'], 'response');
    assert.equal((response['output'] as { type: string }[])[0]?.type, 'message');
  });

  it('keeps every byte of a response that came whole, and sets in only what is missing', () => {
    const assembled = (response: string, items: readonly string[]): string => {
      const assembler = new ResponseAssembler();
      const stream = items.map((item, i) => `data: {"type":"response.output_item.done","output_index":${items.length - i},"item":${item}}\n\n`).join('') + `event: response.completed\ndata: {"type":"response.completed","response":${response}}\n\n`;
      new SseSplitter((buffer, start, end) => assembler.onEvent(buffer, start, end)).push(Buffer.from(stream));
      return assembler.result().toString();
    };
    assert.equal(assembled('{ "object":"response", "odd" : 1.0e2, "output":[ {"ü":1} ]}', []), '{ "object":"response", "odd" : 1.0e2, "output":[ {"ü":1} ]}');
    assert.equal(assembled('{"object":"response","output":[ ],"z":1}', ['{"a":1}', '{"b":2}']), '{"object":"response","output":[{"b":2},{"a":1}],"z":1}');
    assert.equal(assembled('{"object":"response","output":null}', []), '{"object":"response","output":[]}');
    assert.equal(assembled('{}', ['{"a":1}']), '{"object":"response","output":[{"a":1}]}');
    assert.equal(assembled('5', []), '{"object":"response","output":[]}');
  });

  it('reads data in several lines, with any line ends', () => {
    const assembler = new ResponseAssembler();
    const bytes = 'event: response.completed\r\ndata: {"response":\r\ndata: {"object":"response","output":[1]}}\r\n\r\n';
    new SseSplitter((buffer, start, end) => assembler.onEvent(buffer, start, end)).push(Buffer.from(`${bytes}: x\n\n`));
    assert.equal(assembler.result().toString(), '{"object":"response","output":[1]}');
  });
});
