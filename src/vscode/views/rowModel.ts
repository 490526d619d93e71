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
  /** Tokens for `when` clauses, separated by semicolons. */
  readonly context?: string;
  /** What a screen reader says instead of label and description. */
  readonly spoken?: string;
  readonly command?: { readonly id: string; readonly title: string; readonly argument?: string };
  readonly children?: readonly RowModel[];
  /** Open when it is seen for the first time. */
  readonly open?: boolean;
}
