import type { Readable } from 'node:stream';
import { events, type EventName, type EventPayload } from '../contract/rpc.ts';

export type OnEvent = <E extends EventName>(event: E, payload: EventPayload<E>) => void;

/** After so long the rest waits for the next round of the event loop: whoever else lives in this process is never held up by a burst. */
const mostMs = 4;

/**
 * Hands on the events of a stream of `event:`/`data:` pairs, in order. While some wait, nothing more is read, so that the sender sees that this side is
 * slow. What is not in the contract is passed over, because the leader may be newer.
 */
export function readEvents(response: Readable, onEvent: OnEvent): void {
  const blocks: string[] = [];
  let text = '';
  const handle = (): void => {
    const until = performance.now() + mostMs;
    let done = 0;
    while (done < blocks.length && performance.now() < until) readEvent(blocks[done++] ?? '', onEvent);
    blocks.splice(0, done);
    if (blocks.length > 0) setImmediate(handle);
    else response.resume();
  };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    // An end may lie across two chunks, but never further back: a large event is not searched again with every chunk.
    let from = Math.max(0, text.length - 1);
    text += chunk;
    const isWaiting = blocks.length > 0;
    for (let end = text.indexOf('\n\n', from); end >= 0; end = text.indexOf('\n\n', from)) {
      blocks.push(text.slice(0, end));
      text = text.slice(end + 2);
      from = 0;
    }
    if (isWaiting || blocks.length === 0) return;
    // Not here: one round of the event loop may bring many chunks, but only one turn of what is set for its end.
    response.pause();
    setImmediate(handle);
  });
}

function readEvent(block: string, onEvent: OnEvent): void {
  const [name, data] = [block.slice('event: '.length, block.indexOf('\n')), block.slice(block.indexOf('\n') + 1)];
  if (!block.startsWith('event: ') || !data.startsWith('data: ') || !Object.hasOwn(events, name)) return;
  const event = name as EventName;
  const payload = events[event].safeParse(parse(data.slice('data: '.length)));
  if (payload.success) onEvent(event, payload.data as EventPayload<typeof event>);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
