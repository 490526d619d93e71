import * as vscode from 'vscode';
import { AppError } from '../core/appError.ts';
import type { Log } from '../core/logger.ts';
import { commands } from './ids.ts';

/** Tells a person what went wrong with what they did; silence for what they cancelled. */
export async function notifyFailure(thrown: unknown, log: Log): Promise<void> {
  const error = AppError.from(thrown);
  if (error.code === 'cancelled') return;
  log('error', error.cause instanceof Error ? `${error.message} (${error.cause.stack ?? error.cause.message})` : error.message);
  const show = 'Show Log';
  if ((await vscode.window.showErrorMessage(error.message, show)) === show) await vscode.commands.executeCommand(commands.showOutput);
}

/** Asks once, modally, in the words of what will happen. */
export async function confirm(question: string, detail: string, action: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
}
