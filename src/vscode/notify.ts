import * as vscode from 'vscode';
import { AppError } from '../core/appError.ts';
import type { Log } from '../core/logger.ts';
import { commands } from './ids.ts';

const shows = { info: vscode.window.showInformationMessage, warning: vscode.window.showWarningMessage, error: vscode.window.showErrorMessage } as const;

/** Names and reasons come from others, and a notification turns `[text](command:…)` into a link that runs it. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** A notification, never with a link; resolves with the button that was pressed, or undefined. */
export function tell<B extends string>(severity: keyof typeof shows, message: string, ...buttons: readonly B[]): Promise<B | undefined> {
  return Promise.resolve(shows[severity](withoutLinks(message), ...buttons));
}

/** Tells a person what went wrong with what they did; silence for what they cancelled. */
export async function notifyFailure(thrown: unknown, log: Log): Promise<void> {
  const error = AppError.from(thrown);
  if (error.code === 'cancelled') return;
  log('error', error.cause instanceof Error ? `${error.message} (${error.cause.stack ?? error.cause.message})` : error.message);
  if ((await tell('error', error.message, 'Show Log')) !== undefined) await vscode.commands.executeCommand(commands.showOutput);
}

/** Asks once, modally, in the words of what will happen. */
export async function confirm(question: string, detail: string, action: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
}

/**
 * Long work behind a notification with Cancel, which aborts `signal`; what that means is up to `run`. What is reported replaces what was there and may
 * hold links, so names of others go through `withoutLinks`.
 */
export async function withCancel<T>(title: string, run: (report: (message: string) => void, signal: AbortSignal) => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return run((message) => progress.report({ message }), stop.signal);
  });
}
