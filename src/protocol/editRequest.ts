import type { RequestFacts, Span } from './requestFacts.ts';
import { elementsOf, eachMember, skipSpace, comma } from './jsonBytes.ts';
import { encryptedIn } from './scanRequest.ts';

/** What may be changed in a request body. Absent members leave the body as it is. */
export interface RequestEdits {
  readonly stream?: true;
  readonly store?: false;
  readonly model?: string;
  /** `reasoning.effort`; the other members of `reasoning` stay. */
  readonly effort?: string;
  readonly dropPreviousResponseId?: true;
  /** Removes every element of `input` that carries an `encrypted_content` for which this is true. */
  readonly dropEncrypted?: (value: string) => boolean;
}

interface Splice { readonly start: number; readonly end: number; readonly text: string }

/** The body with the edits made; every byte that was not asked about stays as it was. The same Buffer when there is nothing to change. */
export function editRequest(body: Buffer, facts: RequestFacts, edits: RequestEdits): Buffer {
  const splices: Splice[] = [];
  const inserts: string[] = [];
  const set = (name: string, text: string): void => {
    const span = facts.spans[name];
    if (!span) inserts.push(`${JSON.stringify(name)}:${text}`);
    else if (body.toString('utf8', span.start, span.end) !== text) splices.push({ ...span, text });
  };
  if (edits.stream) set('stream', 'true');
  if (edits.store === false) set('store', 'false');
  if (edits.model !== undefined) set('model', JSON.stringify(edits.model));
  if (edits.effort !== undefined) set('reasoning', withEffort(body, facts.spans['reasoning'], edits.effort));
  if (edits.dropPreviousResponseId) splices.push(...memberRemovals(body, 'previous_response_id'));
  if (edits.dropEncrypted) splices.push(...elementRemovals(body, facts.spans['input'], edits.dropEncrypted));
  return splices.length === 0 && inserts.length === 0 ? body : applySplices(body, splices, inserts);
}

function withEffort(body: Buffer, span: Span | undefined, effort: string): string {
  const current: unknown = span ? JSON.parse(body.toString('utf8', span.start, span.end)) : {};
  return JSON.stringify({ ...(typeof current === 'object' ? current : {}), effort });
}

/** Every member of that name, each with one of the commas around it. */
function memberRemovals(body: Buffer, name: string): Splice[] {
  const members: { start: number; end: number; drop: boolean }[] = [];
  eachMember(body, skipSpace(body, 0), (member, start, _valueStart, end) => members.push({ start, end, drop: member === name }));
  return removals(body, members);
}

function elementRemovals(body: Buffer, input: Span | undefined, drop: (value: string) => boolean): Splice[] {
  if (!input || body[input.start] !== 0x5b) return [];
  return removals(body, elementsOf(body, input.start).map((element) => ({ ...element, drop: encryptedIn(body, element).some(drop) })));
}

/** Cuts the dropped parts out of a comma-separated list: with the comma before, or, where nothing is kept before, the comma behind. */
function removals(body: Buffer, parts: readonly { readonly start: number; readonly end: number; readonly drop: boolean }[]): Splice[] {
  const splices: Splice[] = [];
  let keptEnd: number | null = null;
  for (const part of parts) {
    if (!part.drop) keptEnd = part.end;
    else if (keptEnd !== null) splices.push({ start: commaBefore(body, part.start), end: part.end, text: '' });
    else splices.push({ start: part.start, end: behindComma(body, part.end), text: '' });
  }
  return splices;
}

function commaBefore(body: Buffer, start: number): number {
  let at = start - 1;
  while (body[at] !== comma) at -= 1;
  return at;
}

function behindComma(body: Buffer, end: number): number {
  const at = skipSpace(body, end);
  return body[at] === comma ? skipSpace(body, at + 1) : end;
}

function applySplices(body: Buffer, splices: readonly Splice[], inserts: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  const open = skipSpace(body, 0) + 1;
  let at = open;
  parts.push(body.subarray(0, open));
  const ordered = splices.toSorted((a, b) => a.start - b.start);
  if (inserts.length > 0) parts.push(Buffer.from(inserts.join(',') + (leavesMembers(body, open, ordered) ? ',' : '')));
  for (const { start, end, text } of ordered) {
    parts.push(body.subarray(at, start));
    if (text !== '') parts.push(Buffer.from(text));
    at = end;
  }
  parts.push(body.subarray(at));
  return Buffer.concat(parts);
}

/** Whether anything but spaces stands between `{` and `}` once the splices are made. */
function leavesMembers(body: Buffer, open: number, splices: readonly Splice[]): boolean {
  let at = open;
  for (const { start, end, text } of splices) {
    if (text !== '' || skipSpace(body, at) < start) return true;
    at = end;
  }
  return body[skipSpace(body, at)] !== 0x7d;
}
