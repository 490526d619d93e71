import type { UpstreamHeaders } from '../core/upstreamPort.ts';
import { passesToClient } from '../core/codexClient.ts';

/** Upstream's headers as a client may see them, flat. `openai-model` only when it names the model that was asked for. */
export function answerHeaders(upstream: UpstreamHeaders, askedModel: string | null): string[] {
  const headers: string[] = [];
  for (const name in upstream) {
    const value = upstream[name];
    if (value === undefined || !(passesToClient(name) || (name === 'openai-model' && sameModel(value, askedModel)))) continue;
    headers.push(name, typeof value === 'string' ? value : value.join(', '));
  }
  return headers;
}

function sameModel(value: string | readonly string[], asked: string | null): boolean {
  return typeof value === 'string' && asked !== null && value.toLowerCase() === asked.toLowerCase();
}

/** One header's value; the first when it was sent twice. */
export function headerOf(headers: UpstreamHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}
