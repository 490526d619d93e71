import type { ServerResponse } from 'node:http';
import type { Fault } from './options.ts';
import { eventText, failedEventText } from './answerEvents.ts';
import { sendJson } from './http.ts';

type PlainFault = Extract<Fault, { kind: 'status' | 'usageLimit' | 'challenge' | 'reset' | 'wrongLength' | 'json' }>;

/** Faults that end a request without a stream. True when this was one. */
export function answerPlainFault(response: ServerResponse, fault: Fault, plan: string): fault is PlainFault {
  switch (fault.kind) {
    case 'status': sendJson(response, fault.status, fault.body, fault.headers); return true;
    case 'usageLimit': sendUsageLimit(response, plan, fault.resetsInSeconds); return true;
    case 'challenge': response.writeHead(403, { 'content-type': 'text/html; charset=UTF-8', 'cf-ray': 'lab' }).end('<!DOCTYPE html><title>Just a moment...</title>'); return true;
    case 'reset': response.socket?.resetAndDestroy(); return true;
    case 'wrongLength':
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-length': '1000' });
      response.write('data: {"type":"response.created"}\n\n', () => response.socket?.destroy());
      return true;
    case 'json': sendJson(response, 200, { id: 'resp_json', object: 'response', output: [] }); return true;
    default: return false;
  }
}

/** A spent window as the real backend says it. */
export function sendUsageLimit(response: ServerResponse, plan: string, resetsInSeconds: number): void {
  const resetsAt = Math.floor(Date.now() / 1000) + resetsInSeconds;
  sendJson(response, 429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', plan_type: plan, resets_at: resetsAt, resets_in_seconds: resetsInSeconds } });
}

export interface Sending {
  readonly fault: Fault | null;
  /** Pause between events. */
  readonly paceMs: number;
  /** Each event comes in two pieces. */
  readonly halves: boolean;
  /** Resolves when a fault that holds may go on. */
  readonly released: () => Promise<void>;
}

/** Sends events and, where the script says so, something else. Resolves when the answer is over or its client left, to whether all of it was sent. */
export async function sendStream(response: ServerResponse, events: readonly string[], { fault, paceMs, halves, released }: Sending): Promise<boolean> {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, paceMs));
  const faultAt = fault && 'afterEvents' in fault ? fault.afterEvents : Infinity;
  for (const [index, event] of events.entries()) {
    if (response.destroyed) return false;
    if (fault && 'holdAt' in fault && index === fault.holdAt) await released();
    if (fault && index === faultAt) {
      if ('hold' in fault && fault.hold) await released();
      if (await endsHere(response, fault, event, released)) return false;
    }
    if (fault?.kind === 'slowLoris') await sendBytes(response, event);
    else if (halves) {
      response.write(event.slice(0, event.length / 2));
      await pause();
      response.write(event.slice(event.length / 2));
    } else response.write(fault?.kind === 'malformed' && index === 3 ? 'data: {"type":"response.outp\n\n: x\n\nnonsense\n\n' : event);
    if (paceMs > 0) await pause();
  }
  response.end();
  return true;
}

async function endsHere(response: ServerResponse, fault: Fault, next: string, released: Sending['released']): Promise<boolean> {
  switch (fault.kind) {
    case 'failed': response.end(failedEventText(fault.code, fault.message)); return true;
    case 'error': response.end(eventText('error', fault.error)); return true;
    case 'cut': response.write(next.slice(0, fault.afterBytes ?? 0), () => response.socket?.destroy()); return true;
    case 'ends': response.end(); return true;
    case 'hold': await released(); return false;
    case 'insert': response.write(eventText(String(fault.event['type']), fault.event)); return false;
    case 'stall': await new Promise((resolve) => response.once('close', resolve)); return true;
    default: return false;
  }
}

async function sendBytes(response: ServerResponse, event: string): Promise<void> {
  for (const byte of Buffer.from(event)) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
