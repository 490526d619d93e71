import * as vscode from 'vscode';
import type { Mirror } from '../mirror.ts';
import { askChoice, askText, type Choice, type StepEnd } from './steps.ts';

const title = 'Create Platform Key';
const total = 3;

interface Draft { name: string; model: string | null; effort: string | null }

const efforts: readonly Choice<string | null>[] = [
  { label: 'As the client asks', description: 'default', value: null },
  { label: 'Low', value: 'low' }, { label: 'Medium', value: 'medium' }, { label: 'High', value: 'high' }, { label: 'Extra high', value: 'xhigh' },
];

/** Name → model → effort, each with Back; then the key is made, and offered for copying. Nothing is made when it is given up. */
export async function createKey(mirror: Mirror): Promise<void> {
  const draft: Draft = { name: '', model: null, effort: null };
  const names = new Set((mirror.snapshot.keys ?? []).map(({ name }) => name));
  const steps: readonly (() => Promise<StepEnd<unknown>>)[] = [
    () => keep(askText({
      title, step: 1, total, prompt: 'Who will use this key? Shown in lists and logs.', placeholder: 'codex', value: draft.name,
      problem: (text) => (text.trim() === '' ? 'Write a name.' : text.length > 200 ? 'At most 200 characters.' : names.has(text.trim()) ? 'Another key has this name.' : null),
    }), (text) => void (draft.name = text.trim())),
    () => keep(askText({
      title, step: 2, total, prompt: 'Model every request of this key is sent to. Empty: as the client asks.', placeholder: 'as the client asks', value: draft.model ?? '',
      problem: (text) => (/^[\w.:\-/]*$/.test(text.trim()) ? null : 'A model name has letters, digits, dots and dashes only.'),
    }), (text) => void (draft.model = text.trim() === '' ? null : text.trim())),
    () => keep(askChoice({ title, step: 3, total }, 'Reasoning effort', efforts), (effort) => void (draft.effort = effort)),
  ];
  for (let at = 0; at < steps.length;) {
    const end = await steps[at]?.();
    if (!end || end.kind === 'cancelled') return;
    at += end.kind === 'back' ? -1 : 1;
  }
  const { key } = await mirror.call('apikey/create', { name: draft.name, modelSlug: draft.model, reasoningEffort: draft.effort });
  const copy = 'Copy Key';
  if ((await vscode.window.showInformationMessage(`Platform key ${draft.name} is ready.`, copy)) === copy) await vscode.env.clipboard.writeText(key);
}

async function keep<T>(asked: Promise<StepEnd<T>>, take: (value: T) => void): Promise<StepEnd<T>> {
  const end = await asked;
  if (end.kind === 'value') take(end.value);
  return end;
}
