import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../core/scope.ts';
import type { Mirror } from './mirror.ts';
import { WindowAttention } from './windowAttention.ts';

/** Lets the leader know whether a person looks at this window: while nobody does, it asks the provider for nothing. */
export function registerAttention(mirror: Mirror): Disposable & { readonly isLooking: boolean } {
  const windowId = randomUUID();
  const attention = new WindowAttention({
    state: () => vscode.window.state, now: Date.now,
    report: (active) => void mirror.call('window/presence', { windowId, active }).catch(() => undefined),
  });
  let { seat } = mirror.snapshot;
  const parts = [vscode.window.onDidChangeWindowState(() => attention.changed()), attention, mirror.onChange((snapshot) => {
    if (snapshot.seat === seat) return;
    ({ seat } = snapshot);
    if (seat.role === 'leader' || seat.role === 'client') attention.connected();
  })];
  return {
    get isLooking() { return attention.isLooking; },
    dispose: () => parts.forEach((part) => void part.dispose()),
  };
}
