import { childrenOf, hasChildren, type RowModel } from './rowModel.ts';

/** More rows than so many are not named one by one: VS Code compares each with each. */
const mostNamed = 50;

/** What VS Code is to ask for again: everything, or these rows with what is below them. */
export type Redraw = 'all' | readonly RowModel[];

interface Shown {
  readonly parent: Shown | null;
  /** The object VS Code knows the row by; null for the root. */
  readonly element: RowModel | null;
  /** What it shows. */
  model: RowModel;
  /** Null: VS Code has not asked for them, or is going to ask again. */
  children: readonly Shown[] | null;
}

/**
 * The rows of a tree as far as VS Code has asked for them. It knows a row by its object, so a row that stays keeps its object and is rewritten in place.
 * Only what was asked for is made and compared.
 */
export class ShownRows {
  readonly #root: Shown = { parent: null, element: null, model: { id: '', label: '' }, children: null };
  readonly #byElement = new WeakMap<RowModel, Shown>();

  /** Takes over the rows as they are now and says what has to be drawn again; empty when nothing. */
  show(rows: readonly RowModel[]): Redraw {
    this.#root.model = { ...this.#root.model, children: rows };
    const changed: RowModel[] = [];
    const moved: Shown[] = [];
    compare(this.#root, changed, moved);
    const owner = ownerOf(moved);
    if (owner === this.#root || changed.length > mostNamed) {
      this.#root.children = null;
      return 'all';
    }
    if (!owner?.element) return changed;
    owner.children = null;
    return [...new Set([...changed, owner.element])];
  }

  /** Hands out the rows below this one, or the first ones. */
  children(element?: RowModel): RowModel[] {
    const parent = element ? this.#byElement.get(element) : this.#root;
    if (!parent) return [];
    parent.children = childrenOf(parent.model).map((model): Shown => ({ parent, element: { ...model }, model, children: null }));
    return parent.children.map((child) => {
      const row = child.element ?? child.model;
      this.#byElement.set(row, child);
      return row;
    });
  }
}

function compare(shown: Shown, changed: RowModel[], moved: Shown[]): void {
  if (!shown.children) return;
  const models = childrenOf(shown.model);
  if (models.length !== shown.children.length || shown.children.some(({ model }, i) => model.id !== models[i]?.id)) return void moved.push(shown);
  for (const [i, child] of shown.children.entries()) {
    const model = models[i];
    if (!model || model === child.model) continue;
    if (child.element && !looksSame(child.model, model)) changed.push(child.element);
    child.model = model;
    if (child.element) rewrite(child.element, model);
    compare(child, changed, moved);
  }
}

/** The row below which everything lies that came, went or moved: below two parents it may be one row that went from one to the other. */
function ownerOf(moved: readonly Shown[]): Shown | null {
  const [first, ...others] = moved;
  if (!first) return null;
  if (others.length === 0) return first;
  return ownerOf([...new Set(moved.map((shown) => shown.parent ?? shown))]);
}

const told = ['label', 'description', 'icon', 'color', 'tooltip', 'context', 'spoken', 'open'] as const;

/** VS Code keeps a text it asked for until the row is drawn again, so a row with one may always look different. */
function looksSame(a: RowModel, b: RowModel): boolean {
  return !b.hover && told.every((name) => a[name] === b[name]) && a.command?.id === b.command?.id && a.command?.argument === b.command?.argument && hasChildren(a) === hasChildren(b);
}

function rewrite(element: RowModel, model: RowModel): void {
  for (const name of Object.keys(element)) if (!(name in model)) Reflect.deleteProperty(element, name);
  Object.assign(element, model);
}
