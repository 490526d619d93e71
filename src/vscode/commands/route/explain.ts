import * as vscode from 'vscode';
import type { RequestLogItem } from '../../../contract/requestLog.ts';
import type { Mirror } from '../../mirror.ts';
import type { RowModel } from '../../views/rowModel.ts';
import { explainedLines, explainedTitle, recordLines, recordTitle, requestLine, type ExplainedLine } from './routeText.ts';

/** As many of the last requests are offered. */
const recentRows = 20;

/** Why a new conversation would go where it would go, or why one of the last requests went where it went. Called on a request's row, that one. */
export async function explain(mirror: Mirror, rows: readonly RowModel[]): Promise<void> {
  const { items } = await mirror.call('requestlog/list', { limit: recentRows });
  const clicked = items.find(({ id }) => rows[0]?.id === `request:${id}`);
  const chosen = clicked ?? (items.length === 0 ? 'next' : await pickRequest(mirror, items));
  if (chosen === 'next') await explainNext(mirror);
  else if (chosen) await explainRequest(mirror, chosen);
}

interface Line extends vscode.QuickPickItem { readonly what: RequestLogItem | 'next' }

async function pickRequest(mirror: Mirror, items: readonly RequestLogItem[]): Promise<RequestLogItem | 'next' | null> {
  const reader = readerNow();
  const nameOf = names(mirror);
  const lines: (Line | vscode.QuickPickItem)[] = [
    { label: '$(arrow-right) A New Conversation', description: 'who would be asked now', what: 'next' },
    { label: 'Last requests', kind: vscode.QuickPickItemKind.Separator },
    ...items.map((item) => ({ ...requestLine(item, nameOf, reader), what: item })),
  ];
  const picked = await vscode.window.showQuickPick(lines, { title: 'Why This Account?', placeHolder: 'Of which request?', matchOnDescription: true });
  return picked && 'what' in picked ? picked.what : null;
}

async function explainNext(mirror: Mirror): Promise<void> {
  const explanation = await mirror.call('route/explain');
  await show(explainedLines(explanation, readerNow()), explainedTitle(explanation), 'What a new conversation would meet now; nothing is sent');
}

async function explainRequest(mirror: Mirror, item: RequestLogItem): Promise<void> {
  const nameOf = names(mirror);
  await show(recordLines(item, nameOf, readerNow()), recordTitle(item, nameOf), 'As it was when the request came');
}

/** A list to look through; choosing a line changes nothing. */
async function show(lines: readonly ExplainedLine[], title: string, placeHolder: string): Promise<void> {
  const words = { asked: 'Asked in this order', compared: 'Could have been asked', passed: 'Not asked' } as const;
  const items = (['asked', 'compared', 'passed'] as const).flatMap((group) => {
    const own = lines.filter((line) => line.group === group);
    return own.length === 0 ? [] : [{ label: words[group], kind: vscode.QuickPickItemKind.Separator }, ...own];
  });
  await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
}

function names(mirror: Mirror): (id: string) => string {
  const known = new Map((mirror.snapshot.accounts ?? []).map(({ id, label }) => [id as string, label]));
  return (id) => known.get(id) ?? 'a deleted account';
}

function readerNow() {
  return { now: Date.now(), locale: vscode.env.language };
}
