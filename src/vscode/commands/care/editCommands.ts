import * as vscode from 'vscode';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import { chosen, chosenOne, idsOf, nameThem } from '../chosen.ts';
import type { Run } from '../register.ts';
import { tagsOf, tagsProblem } from './tags.ts';

const mostName = 200;
const mostNote = 4_000;

/** What a person writes on accounts. Whatever is left with Escape stays as it was. */
export function editCommands(mirror: Mirror) {
  return {
    [commands.renameAccount]: async (rows) => {
      const account = await chosenOne(mirror, rows, { title: 'Rename which account?' });
      if (!account) return;
      const label = await vscode.window.showInputBox({
        title: `Rename ${account.label}`, prompt: 'Name of the account, in lists and logs', value: account.label,
        validateInput: (text) => (text.trim() === '' ? 'Write a name.' : text.trim().length > mostName ? `At most ${mostName} characters.` : null),
      });
      if (label !== undefined && label.trim() !== account.label) await mirror.call('account/update', { accountId: account.id, label: label.trim() });
    },
    [commands.editTags]: async (rows) => {
      const account = await chosenOne(mirror, rows, { title: 'Tags of which account?' });
      if (!account) return;
      const text = await vscode.window.showInputBox({ title: `Tags of ${account.label}`, prompt: 'Separate tags with commas', placeHolder: 'team, berlin', value: account.tags.join(', '), validateInput: tagsProblem });
      if (text !== undefined) await mirror.call('account/update', { accountId: account.id, tags: tagsOf(text) });
    },
    [commands.editNote]: async (rows) => {
      const account = await chosenOne(mirror, rows, { title: 'Note on which account?' });
      if (!account) return;
      const note = await vscode.window.showInputBox({
        title: `Note on ${account.label}`, prompt: 'Shown when you point at the account', value: account.note ?? '', ignoreFocusOut: true,
        validateInput: (text) => (text.length > mostNote ? `At most ${mostNote.toLocaleString('en')} characters.` : null),
      });
      if (note !== undefined) await mirror.call('account/update', { accountId: account.id, note: note.trim() === '' ? null : note.trim() });
    },
    [commands.moveToGroup]: async (rows) => {
      const accounts = await chosen(mirror, rows, { title: 'Move which accounts?' });
      if (accounts.length === 0) return;
      const group = await chooseGroup(mirror, `Move ${nameThem(accounts)} to Group`);
      if (group !== undefined) await mirror.call('account/updateMany', { accountIds: idsOf(accounts), groupName: group });
    },
  } satisfies Record<string, Run>;
}

/** A group that is there, a new one, or none (null). Undefined when it was given up. */
async function chooseGroup(mirror: Mirror, title: string): Promise<string | null | undefined> {
  const counts = new Map<string, number>();
  for (const { groupName } of mirror.snapshot.accounts ?? []) if (groupName !== null) counts.set(groupName, (counts.get(groupName) ?? 0) + 1);
  const items = [
    ...[...counts].map(([name, count]) => ({ label: name, description: count === 1 ? '1 account' : `${count.toLocaleString('en')} accounts`, pick: () => Promise.resolve<string | null | undefined>(name) })),
    { label: '', kind: vscode.QuickPickItemKind.Separator, pick: () => Promise.resolve(undefined) },
    { label: '$(add) New Group…', description: '', pick: () => newGroup(title) },
    { label: '$(circle-slash) No Group', description: '', pick: () => Promise.resolve(null) },
  ];
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Group' }))?.pick();
}

async function newGroup(title: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title, prompt: 'Name of the new group', placeHolder: 'TEAM', validateInput: (text) => (text.trim() === '' ? 'Write a name.' : text.trim().length > 100 ? 'At most 100 characters.' : null),
  });
  return name?.trim();
}
