/** What the issuer said when it was asked for a key of the OpenAI platform. `refused` holds for a while; `failed` says nothing (network, 5xx). */
export type ApiKeyOutcome = { readonly kind: 'key'; readonly apiKey: string } | { readonly kind: 'refused' | 'failed'; readonly reason: string };

/** Trades a fresh id token for a platform key, through the account's own proxy if it has one. */
export type ExchangeApiKey = (idToken: string, proxy: string | null) => Promise<ApiKeyOutcome>;
