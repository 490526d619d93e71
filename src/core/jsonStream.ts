import { isPersonalToken } from './personalToken.ts';

/**
 * One value of a text that may hold several, with the place where it begins (`line:column`, from 1): the text of a JSON object, a personal access token that
 * stands alone, or why something is neither. `null` is a moment at which a caller who shares its thread can pause.
 */
export type JsonPart = { readonly at: string; readonly text: string } | { readonly at: string; readonly token: string } | { readonly at: string; readonly problem: string } | null;

/** An object longer than this, in UTF-16 units, is no login; and a text with so many mistakes is no file of accounts (an object that is cut off counts for ten: finding that out is work). */
const mostObject = 262_144;
const mostProblems = 10_000;
const noObject = 'a JSON object was expected';
/** So many units of text are looked at between two chances to pause. */
const stride = 65_536;

const quote = 0x22, comma = 0x2c, colon = 0x3a, openList = 0x5b, backslash = 0x5c, closeList = 0x5d, openObject = 0x7b, closeObject = 0x7d;

/**
 * Cuts a text into its accounts: JSON objects, one, several behind each other, or one a line; in arrays of any depth; or in the `accounts` of an object
 * (`{"accounts":[…]}`, `{"data":{"accounts":[…]}}`), however long. Where something is not JSON it is reported, and reading goes on behind it, at the latest
 * at the next line that begins an object. Never throws, needs no stack for depth.
 */
export function* splitJson(text: string): Generator<JsonPart, void, void> {
  let problems = 0;
  for (const part of splitList(text, 0, new Places(text), null)) {
    yield part;
    if (part && 'problem' in part) problems += part.problem === noObject ? 1 : 10;
    if (part && problems >= mostProblems) return yield { at: part.at, problem: `there are thousands of mistakes: this is not a file of accounts, and the rest of it was not read` };
  }
}

/** Reads values until the text ends, or the array that opened at `opened` does; its result is where that is. */
function* splitList(text: string, from: number, places: Places, opened: string | null): Generator<JsonPart, number> {
  let outermost = opened;
  let depth = opened === null ? 0 : 1;
  let at = skipFiller(text, from);
  for (let steps = 0; at < text.length; steps += 1) {
    if (steps % 4096 === 4095) yield null;
    const char = text.charCodeAt(at);
    if (char === openList) {
      if (depth === 0) outermost = places.of(at);
      depth += 1;
      at += 1;
    } else if (char === closeList && depth > 0) {
      depth -= 1;
      at += 1;
      if (opened !== null && depth === 0) return at;
    } else {
      at = char === openObject ? yield* splitObject(text, at, places) : yield* splitWord(text, at, places, depth > 0);
    }
    at = skipFiller(text, at);
  }
  if (depth > 0) yield { at: outermost ?? '1:1', problem: 'the array is not closed: the text is cut off' };
  return at;
}

function* splitObject(text: string, start: number, places: Places): Generator<JsonPart, number> {
  const at = places.of(start);
  const found = yield* scanObject(text, start, 0, true);
  if (typeof found === 'string') {
    yield { at, problem: found };
    return nextLine(text, start);
  }
  if (!('list' in found)) {
    yield { at, text: text.slice(start, found.end) };
    return found.end;
  }
  const behind = yield* splitList(text, found.list + 1, places, places.of(found.list));
  const rest = yield* scanObject(text, behind, found.depth, false);
  return typeof rest !== 'string' && 'end' in rest ? rest.end : text.length;
}

type Found = { readonly end: number } | { readonly list: number; readonly depth: number };

/** How far the reading of one object has come. `depth` is how many brackets are open. */
interface Scan { at: number; depth: number; key: string; inData: boolean; readonly findList: boolean }

/**
 * Where the object that begins at `from` ends; or, when its accounts are a list inside it and `first` is set, where that begins and how deep. `depth` is how
 * many brackets are open already. A string says what is wrong.
 */
function* scanObject(text: string, from: number, depth: number, first: boolean): Generator<JsonPart, Found | string> {
  const scan: Scan = { at: from, depth, key: '', inData: false, findList: first };
  while (scan.at < text.length) {
    const found = scanSome(text, scan, scan.at + stride);
    if (found) return found;
    if (first && scan.at - from > mostObject) return `the JSON object is longer than ${mostObject / 1024} KiB: it is not a login`;
    yield null;
  }
  return 'the JSON object is not closed: the text is cut off';
}

/** One stretch of it, in a function of its own because this is where the time goes. */
function scanSome(text: string, scan: Scan, until: number): Found | null {
  const end = Math.min(until, text.length);
  while (scan.at < end) {
    const char = text.charCodeAt(scan.at);
    if (char === quote) {
      const list = scanString(text, scan);
      if (list >= 0) return { list, depth: scan.depth };
    } else if (char === openObject || char === openList) {
      scan.depth += 1;
      if (scan.depth === 2) scan.inData = char === openObject && scan.key === 'data';
    } else if (char === closeObject || char === closeList) {
      scan.depth -= 1;
      if (scan.depth <= 0) return { end: scan.at + 1 };
    }
    scan.at += 1;
  }
  return null;
}

/** Moves to the end of a string. Where the list begins when the string is the name of one of accounts, else -1. */
function scanString(text: string, scan: Scan): number {
  const begin = scan.at + 1;
  scan.at = stringEnd(text, scan.at);
  if (!scan.findList || (scan.depth !== 1 && !(scan.depth === 2 && scan.inData))) return -1;
  const value = valueOf(text, scan.at + 1);
  if (value < 0) return -1;
  scan.key = text.slice(begin, Math.min(scan.at, begin + 64));
  return scan.key === 'accounts' && text.charCodeAt(value) === openList ? value : -1;
}

/** Where the value of a member begins whose name ends before `from`; -1 when that was no name. */
function valueOf(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text.charCodeAt(at) === colon ? skipSpace(text, at + 1) : -1;
}

/** Something that is no object: a token, quoted or not, or a mistake. */
function* splitWord(text: string, start: number, places: Places, inList: boolean): Generator<JsonPart, number> {
  const at = places.of(start);
  const quoted = text.charCodeAt(start) === quote;
  const end = quoted ? stringEnd(text, start) : wordEnd(text, start);
  const word = end - start > 4096 ? '' : text.slice(quoted ? start + 1 : start, end);
  if (isPersonalToken(word)) yield { at, token: word };
  else yield { at, problem: noObject };
  return isPersonalToken(word) || inList ? Math.max(quoted ? end + 1 : end, start + 1) : nextLine(text, start);
}

function wordEnd(text: string, start: number): number {
  let at = start;
  for (let char = text.charCodeAt(at); at < text.length && !isSpace(char) && char !== comma && char !== openList && char !== closeList && char !== openObject; char = text.charCodeAt(at)) at += 1;
  return at;
}

/** The closing quote of the string that opens at `open`; the end of the text when there is none. */
function stringEnd(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === backslash && at - 1 - escapes > open) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}

function skipFiller(text: string, from: number): number {
  let at = from;
  for (let char = text.charCodeAt(at); isSpace(char) || char === comma; char = text.charCodeAt(at)) at += 1;
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** White space, a byte order mark; NaN, behind the end, is none. */
function isSpace(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d) || char === 0xfeff || char === 0xa0;
}

/** The next line on which an object, an array or a token begins. */
function nextLine(text: string, from: number): number {
  for (let line = text.indexOf('\n', from); line >= 0;) {
    const at = skipFiller(text, line + 1);
    const char = text.charCodeAt(at);
    if (char === openObject || char === openList || text.startsWith('at-', at)) return at;
    line = text.indexOf('\n', at);
  }
  return text.length;
}

/** Line and column of offsets that only grow: every part of the text is counted once. */
class Places {
  readonly #text: string;
  #line = 1;
  #lineStart = 0;
  #next: number;

  constructor(text: string) {
    this.#text = text;
    this.#next = text.indexOf('\n');
  }

  of(at: number): string {
    while (this.#next >= 0 && this.#next < at) {
      this.#line += 1;
      this.#lineStart = this.#next + 1;
      this.#next = this.#text.indexOf('\n', this.#lineStart);
    }
    return `${this.#line}:${at - this.#lineStart + 1}`;
  }
}
