import type { Attempt } from '../../src/contract/requestLog.ts';
import type { RequestLogRow } from '../../src/core/records.ts';
import { seeded } from '../unit/storage/harness.ts';

const models = ['gpt-6.1-sol', 'gpt-6-astra', 'gpt-6-sol', 'gpt-6-luna', 'gpt-6.1-terra', 'gpt-5.5', 'gpt-5.6-sol'];
const efforts = ['low', 'medium', 'high', 'xhigh'];
const clients = ['codex_cli_rs', 'codex_vscode', 'claude-cli', 'openai-python', 'curl'];
const statuses = [200, 200, 200, 200, 200, 200, 429, 502, 400];
const errors: Readonly<Record<number, string>> = { 429: 'usage_limit_reached: The usage limit has been reached, try again later', 502: 'bad gateway: the connection to the provider was reset', 400: 'invalid_request_error: Unknown parameter' };

/** Requests of a busy month, as varied as they come: 20 accounts, 8 keys, the newest at `end` (Unix s). */
export function* logRows(count: number, end: number, seed = 1): Generator<RequestLogRow, void, void> {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T; // the lists are not empty
  const accounts = Array.from({ length: 20 }, (_, i) => `auth0|65f0c0ffee${i}::4b5c6d7e-0000-4000-8000-${String(i).padStart(12, '0')}`);
  const keys = Array.from({ length: 8 }, (_, i) => `gk_00000000000${i}`);
  for (let i = 0; i < count; i += 1) {
    const [status, account, model] = [pick(statuses), pick(accounts), pick(models)];
    const input = Math.floor(random() ** 4 * 250_000);
    const [cached, output] = [Math.floor(input * random()), Math.floor(random() ** 3 * 8_000)];
    const attempts: Attempt[] = [...(random() < 0.05 ? [{ accountId: pick(accounts), status: 429, reason: 'usage_limit_reached', ms: 310, at: 2, firstByteMs: null }] : []), { accountId: account, status, reason: 'ok', ms: 4_100, at: 320, firstByteMs: 600 }];
    yield {
      keyId: pick(keys), accountId: account, requestPath: '/v1/responses', method: 'POST', model, reasoningEffort: pick(efforts), upstreamUrl: 'https://chatgpt.com/backend-api/codex/responses', statusCode: status,
      inputTokens: input, cachedInputTokens: cached, outputTokens: output, totalTokens: input + output, reasoningOutputTokens: Math.floor(output / 2), estimatedCostUsd: (input * 2 + output * 10) / 1e6, priceVersion: 1,
      error: errors[status] ?? null, createdAt: end - Math.floor((count - i) * (30 * 86_400 / count)), attempts, firstByteMs: Math.floor(300 + random() * 4_000), durationMs: Math.floor(900 + random() * 60_000),
      traceId: `trace-${seed}-${i}`, route: { strategy: 'ordered', why: 'strategy', left: null, candidates: [{ accountId: account, left: 60, health: 100, running: 1 }], skipped: [] }, client: pick(clients), dialect: 'responses', modelServed: model,
      cacheWriteTokens: 0, requestBytes: 4_500 + i % 90_000, responseBytes: 9_000, conversation: String(i % 900).padStart(16, '0'),
    };
  }
}
