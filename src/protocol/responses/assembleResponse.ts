import type { Span } from '../requestFacts.ts';
import { eachMember, isSpace, skipSpace } from '../jsonBytes.ts';
import { eventJson, eventType } from '../sseEvent.ts';

const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const emptyObject = Buffer.from('{}');

/** Builds the one JSON answer out of a stream, for a client that did not ask for one, from the provider's own bytes. Fed with the events, in order. */
export class ResponseAssembler {
  readonly #items = new Map<number, Buffer>();
  #response: Buffer = emptyObject;

  onEvent(buffer: Buffer, start: number, end: number): void {
    switch (eventType(buffer, start, end)) {
      case 'response.output_item.done': return this.#addItem(eventJson(buffer, start, end));
      case 'response.completed':
      case 'response.incomplete': return this.#finish(eventJson(buffer, start, end));
      default:
    }
  }

  /** The Response object as JSON text. Its `output` is what the stream's finished items were when the last event brought none. */
  result(): Buffer {
    const response = this.#response;
    const { object, output } = membersOf(response);
    const complete = output && hasElements(response, output) ? response : this.#withItems(response, output);
    return object ? complete : withMember(complete, '"object":"response"');
  }

  #withItems(response: Buffer, output: Span | undefined): Buffer {
    const items = Buffer.from(`[${[...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item.toString()).join(',')}]`);
    return output ? Buffer.concat([response.subarray(0, output.start), items, response.subarray(output.end)]) : withMember(response, `"output":${items.toString()}`);
  }

  #addItem(data: Buffer): void {
    const { item, output_index: index } = membersOf(data);
    if (!item || data[item.start] !== openBrace) return;
    const given = index ? Number(data.toString('latin1', index.start, index.end)) : NaN;
    this.#items.set(Number.isInteger(given) ? given : this.#items.size, data.subarray(item.start, item.end));
  }

  #finish(data: Buffer): void {
    const { response } = membersOf(data);
    if (response && data[response.start] === openBrace) this.#response = data.subarray(response.start, response.end);
  }
}

/** The object `json` with one member more, at its front. */
function withMember(json: Buffer, member: string): Buffer {
  const rest = skipSpace(json, 1);
  return Buffer.concat([Buffer.from(`{${member}${json[rest] === closeBrace ? '' : ','}`), json.subarray(rest)]);
}

/** The members of the object that `json` is, the last of each name; none when it is no object. */
function membersOf(json: Buffer): Readonly<Record<string, Span | undefined>> {
  const members: Record<string, Span> = {};
  try {
    eachMember(json, skipSpace(json, 0), (name, _start, valueStart, valueEnd) => {
      members[name] = { start: valueStart, end: valueEnd };
    });
  } catch {
    // An event that is no JSON says nothing; the stream as a whole is judged by its other events.
    return {};
  }
  return members;
}

function hasElements(json: Buffer, { start, end }: Span): boolean {
  if (json[start] !== openBracket) return false;
  let at = start + 1;
  while (at < end && isSpace(json[at])) at += 1;
  return json[at] !== closeBracket;
}
