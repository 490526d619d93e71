const known = /^[\w.-]+(?:\/(?:js|python|go|java|ruby))?/i;

/**
 * What kind of program sent a request: the first product of its user agent without the version (RFC 9110 10.1.5), for Stainless SDKs with their language
 * (`OpenAI/JS`). Null when it does not say.
 */
export function clientFamily(userAgent: string | undefined): string | null {
  const family = known.exec(userAgent ?? '')?.[0];
  return family === undefined ? null : family.slice(0, 40);
}
