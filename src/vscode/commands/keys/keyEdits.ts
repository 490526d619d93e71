import * as vscode from 'vscode';
import type { PlatformKey } from '../../../contract/platformKey.ts';
import type { Mirror } from '../../mirror.ts';
import { confirm, tell } from '../../notify.ts';
import { limitFields, type LimitField } from './limitFields.ts';

const mostNote = 4_000;

/** What is wrong with a name of a key; null when it is fine. `others` are the names of all other keys. */
function nameProblem(text: string, others: ReadonlySet<string | null>): string | null {
  if (text.trim() === '') return 'Write a name.';
  return text.trim().length > 200 ? 'At most 200 characters.' : others.has(text.trim()) ? 'Another key has this name.' : null;
}

export async function renameKey(mirror: Mirror, key: PlatformKey): Promise<void> {
  const others = new Set((mirror.snapshot.keys ?? []).filter(({ id }) => id !== key.id).map(({ name }) => name));
  const name = await vscode.window.showInputBox({
    title: `Rename ${key.name ?? key.id}`, prompt: 'Name of the key, in lists and logs; clients go on with it as it is', value: key.name ?? '', validateInput: (text) => nameProblem(text, others),
  });
  if (name !== undefined && name.trim() !== key.name) await mirror.call('apikey/update', { id: key.id, name: name.trim() });
}

export async function editKeyNote(mirror: Mirror, key: PlatformKey): Promise<void> {
  const note = await vscode.window.showInputBox({
    title: `Note on ${key.name ?? key.id}`, prompt: 'Shown when you point at the key', value: key.note ?? '', ignoreFocusOut: true,
    validateInput: (text) => (text.length > mostNote ? `At most ${mostNote.toLocaleString('en')} characters.` : null),
  });
  if (note !== undefined) await mirror.call('apikey/update', { id: key.id, note: note.trim() === '' ? null : note.trim() });
}

export async function regenerateKey(mirror: Mirror, { id, name }: PlatformKey): Promise<void> {
  const named = name ?? id;
  if (!(await confirm(`Give ${named} a new key text?`, 'The old text is refused at once: every client that uses it needs the new one. Name, limits and log stay; answers under way go on.', 'Regenerate'))) return;
  const { key } = await mirror.call('apikey/regenerate', { id });
  const copy = 'Copy Key';
  if ((await tell('info', `Platform key ${named} has a new text.`, copy)) === copy) await vscode.env.clipboard.writeText(key);
}

/** The list of all limits, with what they are and what is used; one after the other is changed until the list is left. */
export async function editKeyLimits(mirror: Mirror, { id }: PlatformKey): Promise<void> {
  for (;;) {
    const key = (mirror.snapshot.keys ?? []).find((one) => one.id === id);
    if (!key) return;
    const reader = { now: Date.now(), locale: vscode.env.language };
    const picked = await vscode.window.showQuickPick(limitFields.map((field) => ({ label: field.label, description: field.shown(key, reader), field })), {
      title: `Limits of ${key.name ?? id}`, placeHolder: 'Which limit? Changes count for the next request', matchOnDescription: true,
    });
    if (!picked) return;
    await editLimit(mirror, key, picked.field);
  }
}

/** Whatever is left with Escape stays as it was. */
async function editLimit(mirror: Mirror, key: PlatformKey, field: LimitField): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: `${field.label}: ${key.name ?? key.id}`, prompt: field.prompt, placeHolder: field.placeholder, value: field.value(key), ignoreFocusOut: true,
    validateInput: (typed) => {
      const read = field.read(typed, Date.now());
      return 'problem' in read ? read.problem : null;
    },
  });
  if (text === undefined) return;
  const read = field.read(text, Date.now());
  if (!('change' in read)) return;
  const heard = nextKeys(mirror);
  await mirror.call('apikey/update', { id: key.id, ...read.change });
  await heard;
}

/** Resolves when the mirror hears of the keys again, so that the list shows what was just set. */
function nextKeys(mirror: Mirror): Promise<void> {
  const { keys } = mirror.snapshot;
  return new Promise((resolve) => {
    const subscription = mirror.onChange((snapshot) => {
      if (snapshot.keys === keys && snapshot.seat.role !== 'failed') return;
      void subscription.dispose();
      resolve();
    });
  });
}
