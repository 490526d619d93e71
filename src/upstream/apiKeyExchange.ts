import * as z from 'zod/mini';
import type { ApiKeyOutcome, ExchangeApiKey } from '../core/apiKeyExchange.ts';
import { codexIdentity } from '../core/codexClient.ts';
import type { HttpSend } from './httpSend.ts';

const Answer = z.looseObject({ access_token: z.string() });

export interface ApiKeyOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly send: HttpSend;
}

/** The token exchange of RFC 8693 in the form Codex CLI uses after a login (behaviour reference 3.4). Only `sk-…` counts as a key. */
export function makeExchangeApiKey({ issuer, clientId, send }: ApiKeyOptions): ExchangeApiKey {
  return async (idToken, proxy): Promise<ApiKeyOutcome> => {
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', client_id: clientId, requested_token: 'openai-api-key',
      subject_token: idToken, subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    });
    const answer = await send(`${issuer}/oauth/token`, { body: form.toString(), headers: ['content-type', 'application/x-www-form-urlencoded', ...codexIdentity], proxy });
    if (answer.kind === 'failed') return { kind: 'failed', reason: answer.reason };
    const { status } = answer;
    if (status >= 200 && status < 300) return keyOf(answer.body);
    return { kind: status === 408 || status === 429 || status >= 500 || status < 400 ? 'failed' : 'refused', reason: `http_${status}` };
  };
}

function keyOf(body: string): ApiKeyOutcome {
  try {
    const { access_token: key } = Answer.parse(JSON.parse(body));
    return key.startsWith('sk-') ? { kind: 'key', apiKey: key } : { kind: 'refused', reason: 'not_an_api_key' };
  } catch {
    return { kind: 'failed', reason: 'unreadable_answer' };
  }
}
