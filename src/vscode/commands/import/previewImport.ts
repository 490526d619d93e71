import * as vscode from 'vscode';
import { basename } from 'node:path';
import type { ImportPreview, ImportStatus } from '../../../contract/importJob.ts';
import { showText } from '../../shownTexts.ts';
import { number, planText, reasonsText } from './importText.ts';

interface Line extends vscode.QuickPickItem { readonly does?: 'import' | 'reasons' | 'cancel' }

const icons = { create: 'add', update: 'sync', skip: 'dash' } as const;
const headings = { create: 'To add', update: 'To update', skip: 'To skip' } as const;

/** Shows what would happen, account by account, to look through and search. Resolves with whether it shall. */
export function previewImport(plan: ImportStatus): Promise<boolean> {
  const pick = vscode.window.createQuickPick<Line>();
  Object.assign(pick, { title: 'Import Accounts', placeholder: 'Type to search the accounts', items: linesOf(plan), ignoreFocusOut: true, matchOnDescription: true, matchOnDetail: true });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const does = pick.activeItems[0]?.does;
      if (does === 'reasons') void showText('Import', reasonsText(plan, plan));
      if (does === undefined || does === 'reasons') return; // a line to read
      resolve(does === 'import');
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(false);
      pick.dispose();
    });
    pick.show();
  });
}

function linesOf(plan: ImportStatus): Line[] {
  const stored = plan.created + plan.updated;
  const keys = plan.keys === 0 ? '' : `${number(plan.keys)} platform ${plan.keys === 1 ? 'key' : 'keys'}`;
  const what = [stored === 0 ? '' : `${number(stored)} ${stored === 1 ? 'Account' : 'Accounts'}`, keys].filter((part) => part !== '').join(' and ');
  return [
    { label: `$(check) Import ${what}`, description: planText(plan), does: 'import', alwaysShow: true },
    { label: '$(close) Cancel', description: 'nothing is stored', does: 'cancel', alwaysShow: true },
    ...(plan.failed === 0 ? [] : [{ label: '$(list-unordered) Open the List of Reasons', description: `why ${number(plan.failed)} cannot be read`, does: 'reasons' as const, alwaysShow: true }]),
    ...(['create', 'update', 'skip'] as const).flatMap((action) => section(plan, action)),
    ...failures(plan),
  ];
}

function failures({ failed, errors }: ImportStatus): Line[] {
  if (failed === 0) return [];
  return [
    { label: `Cannot be read (${number(failed)})`, kind: vscode.QuickPickItemKind.Separator },
    ...errors.map(({ message, file, position, reason }): Line => ({ label: `$(error) ${file === null ? message : basename(file)}`, description: [position, reason].filter((part) => part !== null).join('  ') })),
  ];
}

function section(plan: ImportStatus, action: ImportPreview['action']): Line[] {
  const count = { create: plan.created, update: plan.updated, skip: plan.skipped }[action];
  const shown = plan.preview.filter((preview) => preview.action === action);
  if (count === 0) return [];
  return [
    { label: `${headings[action]} (${number(count)})`, kind: vscode.QuickPickItemKind.Separator },
    ...shown.map((preview): Line => ({ label: `$(${icons[action]}) ${preview.label}`, description: detailOf(preview) })),
    ...(count > shown.length ? [{ label: `… and ${number(count - shown.length)} more` }] : []),
  ];
}

function detailOf({ label, email, plan, groupName, file, reason }: ImportPreview): string {
  return [reason, email === label ? null : email, plan, groupName, basename(file)].filter((part) => part !== null && part !== '').join(' · ');
}
