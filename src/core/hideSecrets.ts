/** What tokens and keys look like: JSON web tokens, OpenAI's keys, whatever follows `Bearer`. */
const secrets = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}|\bsk-[\w*-]{8,}|\b(bearer) [^\s"',;]{8,}/gi;

/** A text of somebody else's without what looks like a secret in it. */
export function hideSecrets(text: string): string {
  return text.replaceAll(secrets, (_found: string, scheme: string | undefined) => (scheme === undefined ? '[hidden]' : `${scheme} [hidden]`));
}
