import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { listenForReport, type Report } from './reports.ts';
import { startVsCode } from './vsCodeServer.ts';

const companion = resolve('test/extension/companion');

/** Opens a window whose companion extension runs the scenario, and waits for its report. */
async function runScenario(scenario: string, packages: readonly string[], env: Readonly<Record<string, string>>): Promise<Report> {
  const reports = await listenForReport();
  const code = await startVsCode({ extensions: [companion], packages, settings: {}, env: { ...env, COMPANION_SCENARIO: resolve(scenario), COMPANION_REPORT_URL: reports.url } });
  try {
    await code.open();
    return await reports.first;
  } finally {
    await code.dispose();
    reports.close();
  }
}

describe('in an extension host', function () {
  this.timeout(120_000);

  it('the built engine starts as a worker, answers /health and ends', async () => {
    const data = mkdtempSync(join(tmpdir(), 'codexmanager-smoke-'));
    try {
      const { node, error, result } = await runScenario('test/extension/companion/engineScenario.js', [], { COMPANION_DIST: resolve('dist'), COMPANION_DATA: data });
      assert.equal(error, undefined);
      const { health, startMs, exitCode } = z.object({ health: z.object({ status: z.number(), body: z.string() }), startMs: z.number(), exitCode: z.number() }).parse(result);
      assert.deepEqual([health, exitCode], [{ status: 200, body: 'ok' }, 0]);
      console.log(`      in VS Code's Node ${node}: ${startMs} ms from start to ready`);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  it('the packaged extension passes its in-host suite', async () => {
    const { error, result } = await runScenario('test/extension/inHost/run.cjs', [resolve('codexmanager.vsix')], { CODEXMANAGER_SERVICE_ADDR: 'localhost:0' });
    assert.equal(error, undefined);
    const { passed, failures } = z.object({ passed: z.array(z.string()), failures: z.array(z.string()) }).parse(result);
    assert.deepEqual(failures, []);
    assert.equal(passed.length, 3);
  });
});
