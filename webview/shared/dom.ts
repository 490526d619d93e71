import type { Control } from './controls.ts';

type Child = Node | string | null;

export interface Attributes {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  readonly role?: string;
  readonly [name: `aria-${string}`]: string;
  readonly [name: `data-${string}`]: string;
  readonly [name: string]: string | undefined;
}

/** An element with attributes and children. Text stays text: nothing here reads markup. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

/** A control of the toolkit, by its tag without prefix. */
export function control(tag: 'button' | 'dropdown' | 'option' | 'text-field', attributes: Attributes = {}, ...children: readonly Child[]): Control {
  return filled(document.createElement(`cm-${tag}`), attributes, children) as Control;
}

export function icon(name: string, className = ''): HTMLElement {
  return el('span', { class: `codicon codicon-${name} ${className}`, 'aria-hidden': 'true' });
}

function filled<T extends HTMLElement>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Changes text only when it differs: a screen reader and a selection stay undisturbed. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
