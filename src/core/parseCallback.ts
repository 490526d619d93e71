/** What the address says that a browser login ended on. `unusable` says what is missing and what to do. */
export type Callback =
  | { readonly kind: 'code'; readonly state: string; readonly code: string }
  | { readonly kind: 'refused'; readonly state: string | null; readonly error: string; readonly description: string | null }
  | { readonly kind: 'unusable'; readonly reason: string };

const mostText = 16_384;
const wanted = 'Paste the whole address from the browser\'s address bar; it contains "code=" and "state=".';

/**
 * The address a browser login ended on, as a person pastes it: with or without scheme, broken over lines, in quotes or angle brackets, HTML- or
 * shell-escaped, or only its query. Never throws.
 */
export function parseCallback(pasted: string): Callback {
  if (pasted.length > mostText) return { kind: 'unusable', reason: `This text is too long to be the address a sign-in ends on. ${wanted}` };
  const address = tidy(pasted);
  if (address === '') return { kind: 'unusable', reason: `Nothing was pasted. ${wanted}` };
  return readCallback(new URLSearchParams(queryOf(address)));
}

/** The same out of the query of a request that the callback listener heard. Never throws. */
export function readCallback(query: URLSearchParams): Callback {
  const value = (name: string): string | null => query.get(name)?.trim() || null;
  const state = value('state');
  const error = value('error');
  if (error !== null) return { kind: 'refused', state, error, description: value('error_description') };
  const code = value('code');
  if (code !== null && state !== null) return { kind: 'code', state, code };
  if (query.has('response_type')) return { kind: 'unusable', reason: 'This is the address the sign-in begins with. Finish it in the browser, then paste the address the browser ends on.' };
  if (code === null && state === null) return { kind: 'unusable', reason: `This address holds neither a code nor a state. ${wanted}` };
  return { kind: 'unusable', reason: `This address has no ${code === null ? 'code' : 'state'} in it; it may have been cut off. ${wanted}` };
}

/** Copying adds blanks, quotes, brackets and escapes that no address has. */
function tidy(pasted: string): string {
  return pasted
    .replace(/[\s\u200b-\u200f\u2060\ufeff]+/g, '')
    .replace(/^["'`<(\[\u2018\u201c\u00ab]+|["'`>)\]\u2019\u201d\u00bb]+$/g, '')
    .replace(/&(?:(?:amp|#38|#x26);)+/gi, '&')
    .replace(/\\u0026/gi, '&')
    .replace(/\\(?=[?&=])/g, '');
}

/** From behind the question mark, else the fragment, else all of it. */
function queryOf(address: string): string {
  const [before = '', fragment = ''] = cut(address, '#');
  const [, query] = cut(before, '?');
  return query ?? (/^[a-z_]+=/i.test(before) ? before : fragment);
}

function cut(text: string, at: string): readonly [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
