import { AppError } from '../appError.ts';
import { queryColumns, queryLimits } from './queryTerm.ts';

/** A piece of a search as it was written. `prefix` is null for free text; columns count from 1. */
export interface QueryPiece {
  readonly prefix: string | null;
  /** `:=` was written. */
  readonly exact: boolean;
  readonly value: string;
  readonly column: number;
  readonly valueColumn: number;
}

const known: ReadonlySet<string> = new Set([...Object.keys(queryColumns), ...queryLimits, 'status']);
/** What is ours alone: without a value it is a mistake and not a text. */
const needsValue: ReadonlySet<string> = new Set(queryLimits);
const statusValue = /^(?:\dxx|\d{1,15})$/i;
const beginning = /(\w+)\s*:\s*(=?)\s*/y;
/** Words of an error belong together, as in the original: it goes on to the next term. No other value has blanks that are not in quotes. */
const wordy = 'error';

/** Cuts a search into its terms, and free text in between. Throws `badRequest` for a quote that is not closed. */
export function splitQuery(query: string): QueryPiece[] {
  const pieces: QueryPiece[] = [];
  let at = skipBlanks(query, 0);
  while (at < query.length) {
    const { piece, end } = readTerm(query, at) ?? readText(query, at);
    pieces.push(piece);
    at = skipBlanks(query, end);
  }
  return pieces;
}

interface Read { readonly piece: QueryPiece; readonly end: number }

/** Null when no term of ours begins here. */
function readTerm(query: string, at: number): Read | null {
  const head = headAt(query, at);
  if (!head) return null;
  const { prefix, exact, valueAt } = head;
  const quoted = readQuoted(query, valueAt, prefix);
  const end = quoted?.end ?? (prefix === wordy ? endOfWords(query, valueAt) : endOfWord(query, valueAt));
  return { piece: { prefix, exact, value: quoted?.text ?? query.slice(valueAt, end), column: at + 1, valueColumn: valueAt + 1 }, end };
}

/** Up to the next term, or one quoted text. A quote that is not closed is a character like others here. */
function readText(query: string, at: number): Read {
  const quoted = closedQuote(query, at);
  const end = quoted?.end ?? endOfWords(query, at);
  return { piece: { prefix: null, exact: false, value: quoted?.text ?? query.slice(at, end), column: at + 1, valueColumn: at + 1 }, end };
}

interface Head { readonly prefix: string; readonly exact: boolean; readonly valueAt: number }

/** Null when what stands here is text: an unknown prefix, one without a value, a status that is none. */
function headAt(query: string, at: number): Head | null {
  beginning.lastIndex = at;
  const match = beginning.exec(query);
  const prefix = match?.[1]?.toLowerCase() ?? '';
  if (!match || !known.has(prefix)) return null;
  const afterBlanks = at + match[0].length;
  // Where a term of its own follows, this one has no value.
  const isFollowed = /\s$/.test(match[0]) && headAt(query, afterBlanks) !== null;
  const valueAt = isFollowed ? at + match[0].trimEnd().length : afterBlanks;
  const value = query.slice(valueAt, endOfWord(query, valueAt));
  if (prefix === 'status' ? !statusValue.test(value) : value === '' && !needsValue.has(prefix)) return null;
  return { prefix, exact: match[2] === '=', valueAt };
}

/** The end of the text before the next term; at least one word. */
function endOfWords(query: string, at: number): number {
  let end = endOfWord(query, at);
  for (let next = skipBlanks(query, end); next < query.length && headAt(query, next) === null; next = skipBlanks(query, end)) end = endOfWord(query, next);
  return end;
}

function endOfWord(query: string, at: number): number {
  const blank = query.slice(at).search(/\s/);
  return blank === -1 ? query.length : at + blank;
}

function skipBlanks(query: string, at: number): number {
  const rest = query.slice(at).search(/\S/);
  return rest === -1 ? query.length : at + rest;
}

interface Quoted { readonly text: string; readonly end: number }

function readQuoted(query: string, at: number, prefix: string): Quoted | null {
  const quoted = closedQuote(query, at);
  if (quoted || query[at] !== '"') return quoted;
  throw new AppError('badRequest', `Column ${at + 1} of the search: the quote after ${prefix}: is not closed. Put a " at the end of the value, or leave the quote out.`);
}

/** `\"` and `\\` stand for themselves. Null when it is not closed, or when the text goes on behind the quote. */
function closedQuote(query: string, at: number): Quoted | null {
  const match = /"((?:[^"\\]|\\.)*)"(?=\s|$)/sy;
  match.lastIndex = at;
  const found = match.exec(query);
  return found ? { text: (found[1] ?? '').replaceAll(/\\(["\\])/g, '$1'), end: at + found[0].length } : null;
}
