import { AppError } from '../core/appError.ts';

/** Walking over JSON as bytes: just enough to find members and values without building them. Offsets in errors are byte offsets. */

export const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
export const comma = 0x2c;
export const colon = 0x3a;

/** Longest stretch that is walked byte by byte before the native search takes over. */
const shortString = 24;

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export function skipSpace(body: Buffer, at: number): number {
  while (isSpace(body[at])) at += 1;
  return at;
}

export function malformed(at: number, expected: string): AppError {
  return new AppError('badRequest', `The request body is not valid JSON: ${expected} expected at byte ${at}.`);
}

/** From the opening quote to behind the closing one. */
export function skipString(body: Buffer, start: number): number {
  const near = Math.min(body.length, start + 1 + shortString);
  let at = start + 1;
  for (; at < near; at += 1) {
    if (body[at] === quote) return at + 1;
    if (body[at] === backslash) at += 1;
  }
  for (;;) {
    const end = body.indexOf(quote, at);
    if (end < 0) throw malformed(body.length, 'the end of a string');
    if (!isEscaped(body, end, at)) return end + 1;
    at = end + 1;
  }
}

/** Whether the byte at `at` follows an odd number of backslashes, looking back no further than `from`. */
function isEscaped(body: Buffer, at: number, from: number): boolean {
  let back = at - 1;
  while (back >= from && body[back] === backslash) back -= 1;
  return (at - 1 - back) % 2 === 1;
}

/** From a value's first byte to behind its last. Brackets must balance and strings must end; the rest inside is upstream's to judge. */
export function skipValue(body: Buffer, start: number): number {
  const first = body[start];
  if (first === quote) return skipString(body, start);
  if (first === openBrace || first === openBracket) return skipNested(body, start);
  let at = start;
  while (at < body.length && !isSpace(body[at]) && body[at] !== comma && body[at] !== closeBrace && body[at] !== closeBracket) at += 1;
  if (at === start) throw malformed(start, 'a value');
  return at;
}

function skipNested(body: Buffer, start: number): number {
  const expected: number[] = [];
  let at = start;
  while (at < body.length) {
    const byte = body[at];
    if (byte === quote) {
      at = skipString(body, at);
      continue;
    }
    if (byte === openBrace) expected.push(closeBrace);
    else if (byte === openBracket) expected.push(closeBracket);
    else if ((byte === closeBrace || byte === closeBracket) && expected.pop() !== byte) throw malformed(at, 'a matching bracket');
    at += 1;
    if (expected.length === 0) return at;
  }
  throw malformed(body.length, 'a closing bracket');
}

/** Called with a member's name and offsets: of the name's opening quote, and of the value. */
export type OnMember = (name: string, start: number, valueStart: number, valueEnd: number) => void;

/** The members of the object that begins at `open`, in order. Returns the offset behind the closing brace. */
export function eachMember(body: Buffer, open: number, onMember: OnMember): number {
  if (body[open] !== openBrace) throw malformed(open, 'an object');
  let at = skipSpace(body, open + 1);
  if (body[at] === closeBrace) return at + 1;
  for (;;) {
    if (body[at] !== quote) throw malformed(at, 'a member name');
    const start = at;
    const nameEnd = skipString(body, at);
    at = skipSpace(body, nameEnd);
    if (body[at] !== colon) throw malformed(at, '":"');
    const valueStart = skipSpace(body, at + 1);
    const valueEnd = skipValue(body, valueStart);
    onMember(readString(body, start, nameEnd), start, valueStart, valueEnd);
    at = skipSpace(body, valueEnd);
    if (body[at] === closeBrace) return at + 1;
    if (body[at] !== comma) throw malformed(at, '"," or "}"');
    at = skipSpace(body, at + 1);
  }
}

/** The spans of an array's elements, in order. */
export function elementsOf(body: Buffer, open: number): { readonly start: number; readonly end: number }[] {
  const elements: { start: number; end: number }[] = [];
  let at = skipSpace(body, open + 1);
  if (body[at] === closeBracket) return elements;
  for (;;) {
    const end = skipValue(body, at);
    elements.push({ start: at, end });
    at = skipSpace(body, end);
    if (body[at] === closeBracket) return elements;
    if (body[at] !== comma) throw malformed(at, '"," or "]"');
    at = skipSpace(body, at + 1);
  }
}

/** The text of a string from its opening quote to behind its closing one. */
export function readString(body: Buffer, start: number, end: number): string {
  const text = body.toString('utf8', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  try {
    return String(JSON.parse(body.toString('utf8', start, end)));
  } catch {
    throw malformed(start, 'a valid string');
  }
}
