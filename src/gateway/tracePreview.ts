import { eachMember, elementsOf, skipSpace } from '../protocol/jsonBytes.ts';
import { sha256 } from './boundRequest.ts';

const openBracket = 0x5b;
const unreadable = /[\r\n\t]/g;

/** The beginning of a body as fields of REQUEST_BODY; with `most` 0 nothing of it is looked at. Whole characters only. */
export function previewOf(body: Buffer, most: number): string {
  if (most === 0) return 'preview_bytes=0';
  let bytes = Math.min(body.length, most);
  while (bytes < body.length && bytes > 0 && isInsideCharacter(body[bytes])) bytes -= 1;
  return `preview_bytes=${bytes} truncated=${bytes < body.length} preview=${body.toString('utf8', 0, bytes).replaceAll(unreadable, '') || '-'}`;
}

function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/**
 * What a body is made of, and a fingerprint by which bodies of one make are found: `fp=…;k=model+input;i=1;m=0;t=0;s=1;r=0;ins=0` (top-level names, counts of
 * input items, messages and tools, stream, reasoning, instructions). `-` for a body that only upstream can judge.
 */
export function shapeOf(body: Buffer): string {
  try {
    const rest = describe(body);
    return `fp=${sha256(rest).slice(0, 16)};${rest}`;
  } catch {
    return '-';
  }
}

function describe(body: Buffer): string {
  const values = new Map<string, { readonly start: number; readonly end: number }>();
  eachMember(body, skipSpace(body, 0), (name, _start, start, end) => void values.set(name, { start, end }));
  const count = (name: string): number => {
    const value = values.get(name);
    return value && body[value.start] === openBracket ? elementsOf(body, value.start).length : 0;
  };
  const word = (name: string): string | null => {
    const value = values.get(name);
    return value ? body.toString('latin1', value.start, Math.min(value.end, value.start + 5)) : null;
  };
  const given = (name: string): number => (values.has(name) && word(name) !== 'null' ? 1 : 0);
  const stream = { true: '1', false: '0' }[word('stream') ?? ''] ?? '-';
  return `k=${[...values.keys()].sort().join('+')};i=${count('input')};m=${count('messages')};t=${count('tools')};s=${stream};r=${given('reasoning')};ins=${given('instructions')}`;
}
