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
    if (!(await input.isVisible())) {
      await page.keyboard.press('F1');
      await input.waitFor({ timeout: 2_000 }).catch(() => undefined);
    }
    await input.fill(`>${title}`, { timeout: 1_000 }).catch(() => undefined);
    return entry.isVisible();
  });
  await page.keyboard.press('Enter');
}

/** Answers the quick input that shows `prompt` somewhere. */
export async function answer(page: Page, prompt: string, text: string): Promise<void> {
  const widget = quickInput(page, prompt);
  await widget.waitFor();
  await widget.locator('input[type="text"], input[type="password"]').fill(text);
  await page.keyboard.press('Enter');
}

/** Chooses a file, or a folder by its path with a slash behind it, in VS Code's own dialog, which fills in its start folder late and may undo what was typed before. */
export async function chooseFile(page: Page, title: string, path: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget', { hasText: title });
  const input = dialog.locator('input[type="text"]');
  await dialog.waitFor();
  // Enter would go to whatever has the focus once the dialog is gone; its button goes with it.
  await until(`the dialog takes ${path}`, async () => {
    if (!(await dialog.isVisible())) return true;
    if ((await input.inputValue({ timeout: 500 }).catch(() => '')) === path) await dialog.locator('.monaco-button:visible').first().click({ timeout: 500 }).catch(() => undefined);
    else await input.fill(path, { timeout: 500 }).catch(() => undefined);
    return false;
  });
}

/** A row of our views by what it says. */
export function row(page: Page, text: string | RegExp): Locator {
  return page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
}

export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-list-item:visible', { hasText: text }).first();
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
export async function until<T>(what: string, look: () => T | null | undefined | false | Promise<T | null | undefined | false>, ms = 60_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Presses a button of the notification that says `text`. */
export async function pressIn(page: Page, text: string | RegExp, button: string): Promise<void> {
  await notification(page, text).locator('.monaco-button', { hasText: button }).click();
}

/** Presses a button of VS Code's modal dialog, which says `text`. */
export async function pressInDialog(page: Page, text: string | RegExp, button: string): Promise<void> {
  const dialog = page.locator('.monaco-dialog-box', { hasText: text });
  await dialog.locator('.monaco-button', { hasText: new RegExp(`^${button}$`) }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** The quick input that shows `text` somewhere. */
export function quickInput(page: Page, text: string | RegExp): Locator {
  return page.locator('.quick-input-widget:not([style*="display: none"])', { hasText: text });
}

/** Chooses the line of the open list that says `text`. */
export async function choose(page: Page, title: string, text: string | RegExp): Promise<void> {
  await quickInput(page, title).locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
}

/** Runs a command of a row's context menu. */
export async function runOnRow(page: Page, text: string | RegExp, command: string): Promise<void> {
  await row(page, text).click({ button: 'right' });
  const item = page.locator('.monaco-menu .action-item', { hasText: new RegExp(`^${command}$`) });
  await item.waitFor();
  // VS Code passes over clicks on a menu that opened just now.
  await until(`the menu takes ${command}`, async () => {
    await item.click({ timeout: 1_000 }).catch(() => undefined);
    return (await item.count()) === 0;
  });
}

/** VS Code shows no toast for the fourth notification within 800 ms, which only a test is fast enough for; its list shows them all. */
export async function openNotifications(page: Page): Promise<void> {
  await runCommand(page, 'Notifications: Show Notifications');
  await page.locator('.notifications-center:visible').waitFor();
}

/** Takes away what notifications are left, so that the next ones are the only ones. */
export async function clearNotifications(page: Page): Promise<void> {
  await runCommand(page, 'Notifications: Clear All Notifications');
  await until('no notification', async () => (await page.locator('.notification-list-item:visible').count()) === 0);
}

export function readClipboard(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()');
}

export async function writeClipboard(page: Page, text: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
}
