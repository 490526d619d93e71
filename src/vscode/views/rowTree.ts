import * as vscode from 'vscode';
import type { Disposable } from '../../core/scope.ts';
import type { RowModel } from './rowModel.ts';

/** A view that shows rows and is shown others when something changed. Its ids are stable, so selection and expansion stay. */
export class RowTree implements vscode.TreeDataProvider<RowModel>, Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<RowModel>;
  #rows: readonly RowModel[] = [];
  #shown = '';

  constructor(viewId: string, drag?: vscode.TreeDragAndDropController<RowModel>) {
    this.view = vscode.window.createTreeView(viewId, { treeDataProvider: this, canSelectMany: true, showCollapseAll: true, ...(drag && { dragAndDropController: drag }) });
  }

  /** Draws anew only what differs from what is shown. */
  show(rows: readonly RowModel[]): void {
    const text = JSON.stringify(rows);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#rows = rows;
    this.#changed.fire();
  }

  getChildren(row?: RowModel): RowModel[] {
    return [...(row ? (row.children ?? []) : this.#rows)];
  }

  getTreeItem(row: RowModel): vscode.TreeItem {
    const state = !row.children?.length ? vscode.TreeItemCollapsibleState.None : row.open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
    const item = new vscode.TreeItem(row.label, state);
    item.id = row.id;
    if (row.description !== undefined) item.description = row.description;
    if (row.context !== undefined) item.contextValue = row.context;
    if (row.icon !== undefined) item.iconPath = new vscode.ThemeIcon(row.icon, row.color === undefined ? undefined : new vscode.ThemeColor(row.color));
    if (row.tooltip !== undefined) item.tooltip = new vscode.MarkdownString(row.tooltip, true);
    if (row.spoken !== undefined) item.accessibilityInformation = { label: row.spoken };
    if (row.command) item.command = { command: row.command.id, title: row.command.title, arguments: row.command.argument === undefined ? [] : [row.command.argument] };
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }
}
