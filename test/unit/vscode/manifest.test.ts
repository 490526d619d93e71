import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { commands, settings, views } from '../../../src/vscode/ids.ts';
import { defaultSettings, engineVariables, readSettings } from '../../../src/vscode/settings.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown; readonly scope: string }>> }[];
  };
}
const { contributes } = JSON.parse(readFileSync(resolve('package.json'), 'utf8')) as Manifest;
const properties = Object.assign({}, ...contributes.configuration.map((section) => section.properties)) as Manifest['contributes']['configuration'][number]['properties'];

describe('the manifest', () => {
  it('has exactly the commands and views of the code', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commands).sort());
    assert.deepEqual(contributes.views['codexmanager']?.map(({ id }) => id), Object.values(views));
    assert.ok(contributes.commands.every(({ category, title }) => category === 'CodexManager' && /^[A-Z]/.test(title)));
  });

  it('names only commands and views that exist', () => {
    const known = new Set<string>(Object.values(commands));
    for (const { command } of Object.values(contributes.menus).flat()) assert.ok(known.has(command), command);
    for (const { view, contents } of contributes.viewsWelcome) {
      assert.ok((Object.values(views) as string[]).includes(view), view);
      for (const [, command] of contents.matchAll(/\(command:([^)]+)\)/g)) assert.ok(known.has(command ?? ''), command);
    }
  });

  it('has the defaults of the code for every setting, and shares them among windows', () => {
    assert.deepEqual(Object.fromEntries(Object.entries(properties).map(([name, { default: value }]) => [name, value])), {
      [`${settings.section}.${settings.port}`]: defaultSettings.port, [`${settings.section}.${settings.upstream}`]: defaultSettings.upstreamBaseUrl,
    });
    assert.ok(Object.values(properties).every(({ scope }) => scope === 'application'));
  });
});

describe('readSettings', () => {
  const read = (values: Record<string, unknown>): [ReturnType<typeof readSettings>, string[]] => {
    const complaints: string[] = [];
    return [readSettings({ get: (name) => values[name] }, (message) => complaints.push(message)), complaints];
  };

  it('takes what is right and complains about the rest by name', () => {
    assert.deepEqual(read({ 'gateway.port': 5_000, 'upstream.baseUrl': ' https://x.example/y ' }), [{ port: 5_000, upstreamBaseUrl: 'https://x.example/y' }, []]);
    for (const [name, value] of [['gateway.port', 'x'], ['gateway.port', 0], ['gateway.port', 70_000], ['upstream.baseUrl', 'chatgpt.com'], ['upstream.baseUrl', 5]] as const) {
      const [settingsRead, complaints] = read({ [name]: value });
      assert.deepEqual(settingsRead, defaultSettings);
      assert.match(complaints[0] ?? '', new RegExp(name));
    }
  });

  it('lets variables of the process win', () => {
    assert.deepEqual(engineVariables({ port: 5_000, upstreamBaseUrl: 'https://x' }, { CODEXMANAGER_SERVICE_ADDR: 'localhost:1', CODEXMANAGER_ISSUER: ' ', HOME: '/root' }), { CODEXMANAGER_SERVICE_ADDR: 'localhost:1', CODEXMANAGER_UPSTREAM_BASE_URL: 'https://x' });
    assert.deepEqual(engineVariables(defaultSettings, {}), { CODEXMANAGER_SERVICE_ADDR: 'localhost:48760' });
  });
});
