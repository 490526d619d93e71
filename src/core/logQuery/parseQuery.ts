import { AppError } from '../appError.ts';
import { queryTime } from './queryTime.ts';
import { queryColumns, type QueryLimit, type QueryTerm } from './queryTerm.ts';
import { splitQuery, type QueryPiece } from './splitQuery.ts';

/** Reading a longer one could hold up the thread that carries streams. */
const mostCharacters = 1_000;

/**
 * A search in the request log. One term means what it meant in CodexManager v0.1.3 (`prefix:value` contains, `prefix:=value` equals, `status:5xx` a class,
 * anything else free text); several terms, separated by blanks, must all hold. `%` and `_` stand for themselves. Throws `badRequest`, with the column and
 * what is expected, where a term of ours cannot be read. `now` in Unix ms; times are local.
 */
export function parseQuery(query: string, now: number): QueryTerm[] {
  if (query.length > mostCharacters) throw new AppError('badRequest', `The search has ${query.length} characters. At most ${mostCharacters} are read: leave some of it out.`);
  return splitQuery(query).map((piece) => termOf(piece, now));
}

function termOf(piece: QueryPiece, now: number): QueryTerm {
  const { prefix, value, exact } = piece;
  if (prefix === null) return { kind: 'text', text: value };
  if (prefix === 'status') return statusOf(value);
  const column = Object.hasOwn(queryColumns, prefix) ? queryColumns[prefix] : undefined;
  return column ? { kind: 'column', column, value, exact, ids: [] } : limitOf(prefix as QueryLimit, piece, now);
}

function statusOf(value: string): QueryTerm {
  const from = /x/i.test(value) ? Number(value[0]) * 100 : Number(value);
  return { kind: 'status', from, to: /x/i.test(value) ? from + 99 : from };
}

function limitOf(prefix: QueryLimit, piece: QueryPiece, now: number): QueryTerm {
  switch (prefix) {
    case 'after': return { kind: 'time', from: momentOf(piece, now), to: null };
    case 'before': return { kind: 'time', from: null, to: momentOf(piece, now) };
    case 'min': return { kind: 'tokens', least: wholeOf(piece), most: null };
    case 'max': return { kind: 'tokens', least: null, most: wholeOf(piece) };
    case 'attempts': return attemptsOf(piece);
  }
}

function momentOf(piece: QueryPiece, now: number): number {
  const moment = queryTime(piece.value, now);
  if (moment === null) throw unreadable(piece, 'a date (2026-11-25 or 2026-11-25T14:00), today, yesterday, or a time before now (30m, 2h, 7d)');
  return moment;
}

function wholeOf(piece: QueryPiece): number {
  const [, digits, thousands] = /^(\d{1,12})(k?)$/i.exec(piece.value) ?? [];
  if (digits === undefined) throw unreadable(piece, 'a whole number of tokens, like 5000 or 5k');
  return Number(digits) * (thousands ? 1000 : 1);
}

/** `2`, `>1`, `>=2`, `<3`, `<=2`. */
function attemptsOf(piece: QueryPiece): QueryTerm {
  const [, sign, digits] = /^([<>]=?)?(\d{1,4})$/.exec(piece.value) ?? [];
  if (digits === undefined) throw unreadable(piece, 'a number of attempts: 2, >1, >=2, <3 or <=2');
  const count = Number(digits);
  const least = sign === '>' ? count + 1 : sign?.startsWith('<') ? null : count;
  const most = sign === '<' ? count - 1 : sign?.startsWith('>') ? null : count;
  return { kind: 'attempts', least, most };
}

function unreadable({ prefix, value, column, valueColumn }: QueryPiece, expected: string): AppError {
  const what = value === '' ? `${prefix}: has no value` : `${prefix}: cannot be "${value}"`;
  return new AppError('badRequest', `Column ${value === '' ? column : valueColumn} of the search: ${what}. Expected is ${expected}.`);
}
