import * as vscode from 'vscode';
import type { Disposable } from '../../core/scope.ts';
import { hasChildren, type RowModel } from './rowModel.ts';
import { ShownRows } from './shownRows.ts';

/** A view that shows rows and is shown others when something changed. Its ids are stable, so selection and expansion stay. */
export class RowTree implements vscode.TreeDataProvider<RowModel>, Disposable {
  readonly #changed = new vscode.EventEmitter<RowModel[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<RowModel>;
  readonly #shown = new ShownRows();

  constructor(viewId: string, drag?: vscode.TreeDragAndDropController<RowModel>) {
    this.view = vscode.window.createTreeView(viewId, { treeDataProvider: this, canSelectMany: true, showCollapseAll: true, ...(drag && { dragAndDropController: drag }) });
  }

  /** Draws anew only what differs from what is shown. */
  show(rows: readonly RowModel[]): void {
    const redraw = this.#shown.show(rows);
    if (redraw === 'all') this.#changed.fire(undefined);
    else if (redraw.length > 0) this.#changed.fire([...redraw]);
  }

  getChildren(row?: RowModel): RowModel[] {
    return this.#shown.children(row);
  }

  getTreeItem(row: RowModel): vscode.TreeItem {
    const state = !hasChildren(row) ? vscode.TreeItemCollapsibleState.None : row.open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
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

  resolveTreeItem(item: vscode.TreeItem, row: RowModel): vscode.TreeItem {
    if (row.hover) item.tooltip = new vscode.MarkdownString(row.hover({ now: Date.now(), locale: vscode.env.language }), true);
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }
}
