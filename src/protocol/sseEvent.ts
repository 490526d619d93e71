const lf = 0x0a;
const cr = 0x0d;
const typeMark = Buffer.from('"type":"');
/** How far into an event its type is looked for before the whole is parsed. */
const headBytes = 160;

/**
 * The type of the event that stands in `buffer` from `start` to `end`: its `event:` line, else the `type` of its JSON data. Null for a comment or an
 * event without data. Reads only the head unless it must parse.
 */
export function eventType(buffer: Buffer, start: number, end: number): string | null {
  const first = buffer[start];
  if (first === 0x65 && buffer.toString('latin1', start, start + 6) === 'event:') return lineText(buffer, start + 6, end);
  if (first === 0x64) {
    const head = Math.min(end, start + headBytes);
    const mark = buffer.subarray(start, head).indexOf(typeMark);
    // Only a `type` that is the first member is surely the event's own.
    if (mark >= 0 && buffer.toString('latin1', start, start + mark).trimEnd().endsWith('{')) {
      const from = start + mark + typeMark.length;
      const to = buffer.indexOf(0x22, from);
      if (to > 0 && to < end) return buffer.toString('latin1', from, to);
    }
  }
  const fields = eventFields(buffer, start, end);
  if (fields.event !== null) return fields.event;
  return fields.data === '' || fields.data === '[DONE]' ? null : (typeOf(parseData(fields.data)) ?? 'unknown');
}

function lineText(buffer: Buffer, start: number, end: number): string {
  let to = start;
  while (to < end && buffer[to] !== lf && buffer[to] !== cr) to += 1;
  return buffer.toString('latin1', buffer[start] === 0x20 ? start + 1 : start, to);
}

/** The event's name and its data lines joined with line breaks (HTML standard, 9.2.6). */
export function eventFields(buffer: Buffer, start: number, end: number): { readonly event: string | null; readonly data: string } {
  let event: string | null = null;
  const data: string[] = [];
  for (const line of buffer.toString('utf8', start, end).split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
  }
  return { event, data: data.join('\n') };
}

const dataMark = Buffer.from('data:');

/** The bytes of an event's data. They are the buffer's own where the data is one line, as the provider writes it. */
export function eventJson(buffer: Buffer, start: number, end: number): Buffer {
  const mark = buffer.indexOf(dataMark, start);
  const lineEnd = mark < 0 ? -1 : buffer.indexOf(lf, mark);
  const oneLine = mark >= 0 && lineEnd === end - 2 && buffer[lineEnd - 1] !== cr && (mark === start || buffer[mark - 1] === lf);
  return oneLine ? buffer.subarray(mark + dataMark.length, lineEnd) : Buffer.from(eventFields(buffer, start, end).data);
}

/** The data of an event as JSON; null when there is none or it is not JSON. */
export function eventData(buffer: Buffer, start: number, end: number): unknown {
  return parseData(eventFields(buffer, start, end).data);
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function typeOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' ? value.type : null;
}
