import * as vscode from 'vscode';

/** What a step ended with: its value, a step back, or the whole thing given up. */
export type StepEnd<T> = { readonly kind: 'value'; readonly value: T } | { readonly kind: 'back' } | { readonly kind: 'cancelled' };

export interface StepPlace { readonly title: string; readonly step: number; readonly total: number }

export interface TextStep extends StepPlace {
  readonly prompt: string;
  readonly placeholder: string;
  readonly value: string;
  /** Whether what is typed is hidden. */
  readonly password?: boolean;
  /** Null when the text is fine, else what is wrong with it. */
  readonly problem: (text: string) => string | null;
}

/** One line of text, with Back from the second step on. */
export function askText({ title, step, total, prompt, placeholder, value, password = false, problem }: TextStep): Promise<StepEnd<string>> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { title, ...(total > 1 && { step, totalSteps: total }), prompt, placeholder, value, password, ignoreFocusOut: true, buttons: step > 1 ? [vscode.QuickInputButtons.Back] : [] });
  return ended(input, (accept) => {
    input.onDidChangeValue((text) => {
      input.validationMessage = problem(text) ?? undefined;
    });
    input.onDidAccept(() => {
      const wrong = problem(input.value);
      input.validationMessage = wrong ?? undefined;
      if (wrong === null) accept(input.value);
    });
  });
}

export interface Choice<T> extends vscode.QuickPickItem { readonly value: T }

/** One of several, the first one marked. */
export function askChoice<T>({ title, step, total }: StepPlace, placeholder: string, choices: readonly Choice<T>[]): Promise<StepEnd<T>> {
  const pick = vscode.window.createQuickPick<Choice<T>>();
  Object.assign(pick, { title, step, totalSteps: total, placeholder, items: choices, ignoreFocusOut: true, matchOnDescription: true, buttons: step > 1 ? [vscode.QuickInputButtons.Back] : [] });
  return ended(pick, (accept) => {
    pick.onDidAccept(() => {
      const [chosen] = pick.activeItems;
      if (chosen) accept(chosen.value);
    });
  });
}

function ended<T>(input: vscode.QuickInput & { onDidTriggerButton: vscode.Event<vscode.QuickInputButton> }, listen: (accept: (value: T) => void) => void): Promise<StepEnd<T>> {
  return new Promise((resolve) => {
    const finish = (end: StepEnd<T>): void => {
      resolve(end);
      input.dispose();
    };
    input.onDidTriggerButton(() => finish({ kind: 'back' }));
    input.onDidHide(() => finish({ kind: 'cancelled' }));
    listen((value) => finish({ kind: 'value', value }));
    input.show();
  });
}
