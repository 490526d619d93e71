/** One JSON value of a text that may hold several, with the place where it begins (`line:column`, from 1). */
export type JsonPart = { readonly at: string; readonly text: string } | { readonly at: string; readonly problem: string };

/**
 * Cuts a text into its top-level JSON values: one, several behind each other, or one a line; the elements of a top-level array count as values of their
 * own. Where something is not JSON it is reported, and reading goes on at the next line that begins a value. Never throws, needs no stack for depth.
 */
export function* splitJson(text: string): Generator<JsonPart> {
  const places = new Places(text);
  let at = skipFiller(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  while (at < text.length) {
    if (text[at] === '[') {
      at = yield* splitArray(text, at, places);
    } else {
      at = yield* splitValue(text, at, places);
    }
    at = skipFiller(text, at);
  }
}

function* splitArray(text: string, open: number, places: Places): Generator<JsonPart, number> {
  const opened = places.of(open);
  let at = skipFiller(text, open + 1);
  while (at < text.length && text[at] !== ']') {
    at = yield* splitValue(text, at, places);
    at = skipFiller(text, at);
  }
  if (at >= text.length) yield { at: opened, problem: 'the array is not closed: the text is cut off' };
  return at + 1;
}

function* splitValue(text: string, start: number, places: Places): Generator<JsonPart, number> {
  const at = places.of(start);
  if (text[start] !== '{') {
    yield { at, problem: 'a JSON object was expected' };
    return nextLine(text, start);
  }
  const end = objectEnd(text, start);
  if (end === null) {
    yield { at, problem: 'the JSON object is not closed: the text is cut off' };
    return nextLine(text, start);
  }
  yield { at, text: text.slice(start, end) };
  return end;
}

/** Behind the brace that closes the object at `start`; null when none does. */
function objectEnd(text: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

/** The closing quote of the string that opens at `open`; the end of the text when there is none. */
function stringEnd(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function skipFiller(text: string, at: number): number {
  while (at < text.length && /[\s,\ufeff]/.test(text[at] ?? '')) at += 1;
  return at;
}

/** The next line on which an object begins. */
function nextLine(text: string, from: number): number {
  const next = /\n[ \t,]*(?=\{)/g;
  next.lastIndex = from;
  const match = next.exec(text);
  return match ? match.index + match[0].length : text.length;
}

/** Line and column of offsets that only grow: every part of the text is counted once. */
class Places {
  readonly #text: string;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  of(at: number): string {
    for (let next = this.#text.indexOf('\n', this.#lineStart); next >= 0 && next < at; next = this.#text.indexOf('\n', this.#lineStart)) {
      this.#line += 1;
      this.#lineStart = next + 1;
    }
    return `${this.#line}:${at - this.#lineStart + 1}`;
  }
}
