/** The original's names of routes (behaviour reference 12), by how the path goes on behind where the gateway is mounted; longer ones first. */
const routes = [
  ['/responses', 'responses'], ['/chat/completions', 'chat_completions'], ['/messages/count_tokens', 'messages_count_tokens'], ['/messages', 'messages'], ['/models', 'models'], ['/embeddings', 'embeddings'], ['/health', 'health'],
] as const;

export function routeLabel(path: string): string {
  const bare = path.replace(/^\/(backend-api\/codex|v1)(?=\/)/, '');
  return routes.find(([start]) => bare.startsWith(start))?.[1] ?? 'other';
}

export function statusClass(status: number | null): string {
  return status === null || status < 100 || status > 599 ? 'other' : `${Math.floor(status / 100)}xx`;
}
