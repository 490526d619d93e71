import type { Frame, Locator, Page } from 'playwright-core';

/** What a person does in a VS Code window. Every action waits for what it needs to see. */

/** Opens our sidebar. */
export async function openSidebar(page: Page): Promise<void> {
  await page.locator('.activitybar .action-label[aria-label^="CodexManager"]').click();
  await page.locator('.pane-header', { hasText: 'Platform Keys' }).waitFor();
}

/** Runs a command by its title. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget input[type="text"]');
  const entry = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  // A panel that opens just now takes the focus, and with it the palette away.
  await until(`the palette offers ${title}`, async () => {
    if (!(await input.isVisible())) await page.keyboard.press('F1');
    await input.fill(`>${title}`, { timeout: 1_000 }).catch(() => undefined);
    return entry.isVisible();
  });
  await page.keyboard.press('Enter');
}

/** Answers the quick input that shows `prompt` somewhere. */
export async function answer(page: Page, prompt: string, text: string): Promise<void> {
  await page.locator('.quick-input-widget', { hasText: prompt }).waitFor();
  const input = page.locator('.quick-input-widget input[type="text"]');
  await input.fill(text);
  await page.keyboard.press('Enter');
}

/** Chooses a file in VS Code's own file dialog, which fills in its start folder late and may undo what was typed before. */
export async function chooseFile(page: Page, title: string, path: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget', { hasText: title });
  await dialog.waitFor();
  await until(`the dialog takes ${path}`, async () => {
    if (!(await dialog.isVisible())) return true;
    const input = dialog.locator('input[type="text"]');
    if ((await input.inputValue()) === path) await page.keyboard.press('Enter');
    else await input.fill(path, { timeout: 500 }).catch(() => undefined); // it closed meanwhile
    return false;
  });
}

/** A row of our views by what it says. */
export function row(page: Page, text: string | RegExp): Locator {
  return page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
}

export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-toast', { hasText: text }).first();
}

/** The frame of our panel with that heading. */
export function pageOf(page: Page, heading: string): Promise<Frame> {
  return until(`the panel ${heading}`, async () => {
    for (const frame of page.frames()) {
      const found = await frame.locator('main#page h1', { hasText: heading }).isVisible().catch(() => false);
      if (found) return frame;
    }
    return null;
  });
}

/** Polls until `look` gives something; rejects after `ms` with what was awaited. */
export async function until<T>(what: string, look: () => T | null | undefined | false | Promise<T | null | undefined | false>, ms = 20_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
