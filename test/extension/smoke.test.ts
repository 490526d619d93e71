import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { startVsCode, type VsCodeServer } from './vsCodeServer.ts';

const companion = resolve('test/extension/companion');
const Report = z.object({
  node: z.string(),
  error: z.optional(z.string()),
  result: z.optional(z.object({ health: z.object({ status: z.number(), body: z.string() }), startMs: z.number(), exitCode: z.number() })),
});

describe('the built engine in an extension host', function () {
  this.timeout(120_000);
  let server: Server;
  let code: VsCodeServer;
  let data: string;
  const report = Promise.withResolvers<z.infer<typeof Report>>();

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'codexmanager-smoke-'));
    server = createServer((request, response) => {
      void buffer(request).then((body) => {
        report.resolve(Report.parse(JSON.parse(body.toString())));
        response.end();
      }, report.reject);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    assert.ok(address && typeof address === 'object');
    code = await startVsCode({
      extensions: [companion], packages: [], settings: {},
      env: { COMPANION_SCENARIO: join(companion, 'engineScenario.js'), COMPANION_REPORT_URL: `http://127.0.0.1:${address.port}`, COMPANION_DIST: resolve('dist'), COMPANION_DATA: data },
    });
  });
  after(async () => {
    await code?.dispose();
    server.close();
    rmSync(data, { recursive: true, force: true });
  });

  it('starts as a worker, answers /health and ends', async () => {
    await code.open();
    const { node, error, result } = await report.promise;
    assert.equal(error, undefined);
    assert.deepEqual(result?.health, { status: 200, body: 'ok' });
    assert.equal(result?.exitCode, 0);
    console.log(`      in VS Code's Node ${node}: ${result?.startMs} ms from start to ready`);
  });
});
