import * as vscode from 'vscode';

export interface Marked<T> extends vscode.QuickPickItem { readonly value: T; readonly current: boolean }

/** A list whose present choice is marked and stands ready. `itemsOf` makes the lines anew for what is typed. Null: nothing was chosen. */
export function pickMarked<T>(title: string, placeholder: string, itemsOf: (typed: string) => readonly Marked<T>[]): Promise<T | null> {
  const pick = vscode.window.createQuickPick<Marked<T>>();
  Object.assign(pick, { title, placeholder });
  const show = (): void => {
    const items = itemsOf(pick.value.trim());
    pick.items = items.map((item) => (item.current ? { ...item, description: [item.description, 'shown now'].filter((part) => part).join(' · ') } : item));
    const current = pick.items.filter((item) => item.current);
    if (pick.value.trim() === '' && current.length > 0) pick.activeItems = current;
  };
  show();
  return new Promise((resolve) => {
    pick.onDidChangeValue(show);
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.value ?? null);
      pick.dispose();
    });
    pick.onDidHide(() => {
      resolve(null);
      pick.dispose();
    });
    pick.show();
  });
}
