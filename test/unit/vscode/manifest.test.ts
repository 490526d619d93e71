import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { commands, settings, views } from '../../../src/vscode/ids.ts';
import { defaultSettings, engineVariables, readSettings } from '../../../src/vscode/settings.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string; readonly icon: string; readonly enablement?: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string; readonly group: string }[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown; readonly scope: string }>> }[];
  };
}
const { contributes } = JSON.parse(readFileSync(resolve('package.json'), 'utf8')) as Manifest;
const properties = Object.assign({}, ...contributes.configuration.map((section) => section.properties)) as Manifest['contributes']['configuration'][number]['properties'];

/** Whether the `viewItem` part of a `when` clause holds for a row. */
function matches(when: string, context: string): boolean {
  const pattern = /viewItem =~ \/(.*)\/$/.exec(when)?.[1];
  return pattern !== undefined && new RegExp(pattern).test(context);
}

describe('the manifest', () => {
  it('has exactly the commands and views of the code', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commands).sort());
    assert.deepEqual(contributes.views['codexmanager']?.map(({ id }) => id), Object.values(views));
    assert.ok(contributes.commands.every(({ category, title }) => category === 'CodexManager' && /^[A-Z]/.test(title)));
  });

  it('gives every command an icon that exists, and offers nothing before the engine stands or without accounts', () => {
    const glyphs = readFileSync(resolve('node_modules/@vscode/codicons/dist/codicon.css'), 'utf8');
    for (const { command, icon, enablement } of contributes.commands) {
      assert.ok(glyphs.includes(`.codicon-${icon.slice(2, -1)}:before`), `${command}: ${icon}`);
      if (/^codexmanager\.(account|pool)\./.test(command)) assert.ok(enablement === 'codexmanager.state == \'filled\'' || enablement === 'codexmanager.state =~ /^(empty|filled)$/', command);
    }
  });

  it('shows at most three icons in the title of a view, and the login of an account that needs one on its row', () => {
    for (const view of Object.values(views)) {
      const icons = (contributes.menus['view/title'] ?? []).filter(({ when, group }) => when.startsWith(`view == ${view}`) && group.startsWith('navigation'));
      assert.ok(icons.length <= 3, view);
    }
    const inline = (context: string): string[] => (contributes.menus['view/item/context'] ?? []).filter(({ group, when }) => group.startsWith('inline') && when.startsWith(`view == ${views.accounts}`) && matches(when, context)).map(({ command }) => command);
    assert.deepEqual(inline('account;needsLogin;enabled;login'), [commands.signInAgain, commands.disableAccount]);
    assert.deepEqual(inline('account;ready;enabled;login'), [commands.disableAccount]);
    assert.deepEqual(inline('account;disabled;disabled;accessOnly'), [commands.enableAccount]);
    assert.deepEqual(inline('window'), []);
  });

  it('offers to renew only a login that renews, and care for whole groups', () => {
    const offered = (context: string): string[] => (contributes.menus['view/item/context'] ?? []).filter(({ group, when }) => !group.startsWith('inline') && when.startsWith(`view == ${views.accounts}`) && matches(when, context)).map(({ command }) => command);
    assert.ok(offered('account;ready;enabled;login').includes(commands.refreshLogin));
    assert.ok(!offered('account;ready;enabled;personalToken').includes(commands.refreshLogin));
    assert.deepEqual(offered('group'), [commands.enableAccount, commands.disableAccount, commands.refreshLogin, commands.moveToGroup, commands.exportAccounts, commands.deleteAccount]);
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
