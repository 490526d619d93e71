import type { AccountId } from '../../contract/account.ts';
import type { Reader } from '../../core/display/format.ts';

/** A row of a tree, before VS Code knows of it. */
export interface RowModel {
  /** Stable: selection and expansion hang on it. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** A codicon's name. */
  readonly icon?: string;
  /** A theme colour for the icon; the icon says the same without it. */
  readonly color?: string;
  /** Markdown; text of others in it is escaped. */
  readonly tooltip?: string;
  /** Instead of `tooltip`: makes it when the pointer rests on the row. */
  readonly hover?: (reader: Reader) => string;
  /** Tokens for `when` clauses, separated by semicolons. */
  readonly context?: string;
  /** What a screen reader says instead of label and description. */
  readonly spoken?: string;
  readonly command?: { readonly id: string; readonly title: string; readonly argument?: string };
  readonly children?: readonly RowModel[];
  /** Instead of `children`: makes them when they are asked for, because there may be very many. */
  readonly fill?: () => readonly RowModel[];
  /** The accounts a row of many stands for, in their order; see `accountIdsOf`. */
  readonly accountIds?: () => readonly AccountId[];
  /** Open when it is seen for the first time. */
  readonly open?: boolean;
}

/** Ids of the accounts that these rows are or stand for (a group, a range of a large one). */
export function accountIdsOf(rows: readonly RowModel[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row): readonly string[] => row.accountIds?.() ?? [row.id]));
}

export function childrenOf({ fill, children }: RowModel): readonly RowModel[] {
  return fill?.() ?? children ?? [];
}

/** A row that fills itself has something to fill it with. */
export function hasChildren({ fill, children }: RowModel): boolean {
  return fill !== undefined || (children !== undefined && children.length > 0);
}
