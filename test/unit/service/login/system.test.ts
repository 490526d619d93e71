import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '../../../../src/service/login/openBrowser.ts';
import { parseLsof, portHolder } from '../../../../src/service/login/portHolder.ts';

describe('portHolder', () => {
  it('names the program that listens, and says so when it cannot', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal(await portHolder(port), `node (process ${process.pid})`);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await portHolder(port), 'another program');
  });

  it('reads what lsof prints for programs', () => {
    assert.deepEqual(parseLsof('p4711\nccodex\nf12\n'), { name: 'codex', pid: 4711 });
    assert.equal(parseLsof(''), null);
  });
});

describe('openBrowser', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'codexmanager-browser-')); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Stands in for the system's opener, under its name on Linux and macOS. */
  const install = (script: string): void => {
    for (const name of ['xdg-open', 'open']) writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  const url = 'http://localhost:1/oauth/authorize?a=1&b=$(touch x)%20;';

  it('hands the address over whole, past every shell', async () => {
    install('printf "%s" "$1" > "$OUT"');
    assert.equal(await openBrowser(url, { PATH: folder, OUT: join(folder, 'out') }), null);
    assert.equal(readFileSync(join(folder, 'out'), 'utf8'), url);
  });

  it('says why no browser opened, and never throws', async () => {
    assert.match(await openBrowser(url, { PATH: folder }) ?? '', /open is not installed/);
    install('exit 3');
    assert.match(await openBrowser(url, { PATH: folder }) ?? '', /open ended with code 3/);
  });
});
