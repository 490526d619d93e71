import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { packExtension } from './package.mjs';

/** The in-host suite on a desktop VS Code, which this downloads: for machines that may. CI runs the same in the VS Code server. */
if (!packExtension()) process.exit(1);
const data = mkdtempSync(join(tmpdir(), 'codexmanager-electron-'));
try {
  await runTests({
    version: process.env.VSCODE_VERSION ?? '1.110.0',
    extensionDevelopmentPath: resolve('.'), extensionTestsPath: resolve('test/extension/inHost/electron.cjs'), launchArgs: ['--disable-extensions', '--user-data-dir', data],
    extensionTestsEnv: { CODEXMANAGER_SERVICE_ADDR: 'localhost:0' },
  });
} finally {
  rmSync(data, { recursive: true, force: true });
}
