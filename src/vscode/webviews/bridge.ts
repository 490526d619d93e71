import * as vscode from 'vscode';
import { PageMessage, type HostMessage, type Link } from '../../contract/panel.ts';
import { methods, type EventName, type Method } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import { Scope, type Disposable } from '../../core/scope.ts';
import { toFault } from '../../rpc/fault.ts';
import type { Mirror, Snapshot } from '../mirror.ts';

/** Pages only look; what changes something is a command, which the host asks about. */
const allowed: ReadonlySet<string> = new Set<Method>(['account/list', 'apikey/list', 'requestlog/list', 'requestlog/today_summary', 'gateway/status']);
/** An event is sent at most so often; of several the last one counts, but every request is shown. */
const quietMs = 100;
const mostRows = 500;

/** The only place that reads what a page says. Every call is answered; events flow once the page is ready and only while it is seen. */
export function bridge(webview: vscode.Webview, mirror: Mirror, isVisible: () => boolean): Disposable {
  const scope = new Scope();
  const post = (message: HostMessage): void => void webview.postMessage(message);
  const waiting = new Map<EventName, unknown>();
  let ready = false;
  let timer: NodeJS.Timeout | null = null;
  let link = '';
  const tellLink = (): void => {
    const now = linkOf(mirror.snapshot);
    if (!ready || JSON.stringify(now) === link) return;
    link = JSON.stringify(now);
    post({ type: 'link', link: now });
  };
  const flush = (): void => {
    timer = null;
    for (const [event, payload] of waiting) post({ type: 'event', event, payload });
    waiting.clear();
  };
  scope.own(webview.onDidReceiveMessage((raw: unknown) => {
    const message = PageMessage.safeParse(raw).data;
    if (message?.type === 'call') void answer(mirror, message).then(post);
    else if (message?.type === 'copy') void vscode.env.clipboard.writeText(message.text);
    else if (message?.type === 'ready') {
      ready = true;
      link = '';
      tellLink();
    }
  }));
  scope.own(mirror.onChange(tellLink));
  scope.own(mirror.onEvent((event, payload) => {
    if (!ready || !isVisible()) return;
    const before = waiting.get(event);
    waiting.set(event, event === 'requestlog/added' && Array.isArray(before) && Array.isArray(payload) ? [...(before as unknown[]), ...payload].slice(-mostRows) : payload);
    timer ??= setTimeout(flush, quietMs);
  }));
  scope.own({ dispose: () => void (timer && clearTimeout(timer)) });
  return scope;
}

async function answer(mirror: Mirror, { id, method, params }: Extract<PageMessage, { type: 'call' }>): Promise<HostMessage> {
  try {
    if (!allowed.has(method)) throw new AppError('forbidden', `A page may not call ${method}.`);
    const name = method as Method;
    const parsed = methods[name].params.safeParse(params);
    if (!parsed.success) throw new AppError('badRequest', `Bad parameters for ${method}.`);
    return { type: 'result', id, result: await mirror.call(name, parsed.data) };
  } catch (thrown) {
    return { type: 'fault', id, fault: toFault(AppError.from(thrown)) };
  }
}

function linkOf({ seat, accounts }: Snapshot): Link {
  if (seat.role === 'failed') return { state: 'failed', message: seat.error.message };
  return seat.role === 'electing' || !accounts ? { state: 'connecting', message: null } : { state: 'live', message: null };
}
