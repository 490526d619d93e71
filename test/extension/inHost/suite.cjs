const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

/** What only the inside of VS Code can tell. Run by mocha in the extension host. */
describe('CodexManager in its extension host', () => {
  const extension = vscode.extensions.getExtension('codexmanager.codexmanager');

  it('is there and activates', async () => {
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('has registered every command of its manifest', async () => {
    const { contributes } = JSON.parse(readFileSync(join(extension.extensionPath, 'package.json'), 'utf8'));
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)), []);
  });

  it('opens and closes its panels', async () => {
    for (const command of ['codexmanager.dashboard.open', 'codexmanager.logs.open']) await vscode.commands.executeCommand(command);
    const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    // Mocha's own time limit ends this when they never come.
    while (!labels().includes('CodexManager Dashboard') || !labels().includes('CodexManager Logs')) await new Promise((resolve) => vscode.window.tabGroups.onDidChangeTabs(resolve));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
