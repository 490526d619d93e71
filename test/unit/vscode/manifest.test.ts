import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RouteStrategy } from '../../../src/contract/route.ts';
import { mostOfSetting, type SettingName } from '../../../src/contract/settings.ts';
import { defaultSettings as defaultRouting, settingVariables } from '../../../src/core/settingVariables.ts';
import { routingSettings } from '../../../src/vscode/settingsSync.ts';
import { commands, settings, views } from '../../../src/vscode/ids.ts';
import { defaultKeyBudgetNotice, defaultNotices, defaultSettings, defaultShow, engineSettings, engineVariables, readKeyBudgetNotice, readNotices, readSettings, readStatusShow, StatusShow } from '../../../src/vscode/settings.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string; readonly icon: string; readonly enablement?: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string; readonly group: string }[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown; readonly scope: string; readonly markdownDescription?: string; readonly enum?: readonly string[]; readonly minimum?: number; readonly maximum?: number }>> }[];
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
      // One of the two filters is there at a time.
      assert.ok(icons.filter(({ command }) => command !== commands.changeFilter).length <= 3, view);
    }
    const inline = (context: string): string[] => (contributes.menus['view/item/context'] ?? []).filter(({ group, when }) => group.startsWith('inline') && when.startsWith(`view == ${views.accounts}`) && matches(when, context)).map(({ command }) => command);
    assert.deepEqual(inline('account;needsLogin;enabled;login'), [commands.signInAgain, commands.disableAccount]);
    assert.deepEqual(inline('account;ready;enabled;login'), [commands.refreshUsageOf, commands.disableAccount]);
    assert.deepEqual(inline('account;disabled;disabled;accessOnly'), [commands.refreshUsageOf, commands.enableAccount]);
    assert.deepEqual(inline('window'), []);
  });

  it('offers to renew only a login that renews, and care for whole groups', () => {
    const offered = (context: string): string[] => (contributes.menus['view/item/context'] ?? []).filter(({ group, when }) => !group.startsWith('inline') && when.startsWith(`view == ${views.accounts}`) && matches(when, context)).map(({ command }) => command);
    assert.ok(offered('account;ready;enabled;login').includes(commands.refreshLogin));
    assert.ok(!offered('account;ready;enabled;personalToken').includes(commands.refreshLogin));
    assert.ok(offered('account;ready;enabled;login;resets').includes(commands.refreshLogin));
    assert.deepEqual(offered('group'), [commands.refreshUsageOf, commands.enableAccount, commands.disableAccount, commands.refreshLogin, commands.moveToGroup, commands.reserveAccount, commands.setProxy, commands.exportAccounts, commands.deleteAccount]);
  });

  it('offers to redeem a reset only where there is one', () => {
    const offered = (context: string): boolean => (contributes.menus['view/item/context'] ?? []).some(({ command, when, group }) => command === commands.redeemReset && group.startsWith('0_') && matches(when, context));
    assert.deepEqual(['account;exhausted;enabled;login;resets', 'resets', 'account;exhausted;enabled;login', 'window', 'group'].map(offered), [true, true, false, false, false]);
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
      'codexmanager.gateway.port': defaultSettings.port, 'codexmanager.upstream.baseUrl': defaultSettings.upstreamBaseUrl, 'codexmanager.usage.lowPercent': defaultSettings.lowPercent,
      'codexmanager.usage.pollSeconds': defaultSettings.pollSeconds, 'codexmanager.usage.pollWhenIdle': defaultSettings.pollWhenIdle, 'codexmanager.statusBar.show': defaultShow,
      'codexmanager.notifications.low': defaultNotices.low, 'codexmanager.notifications.exhausted': defaultNotices.exhausted, 'codexmanager.notifications.back': defaultNotices.back, 'codexmanager.notifications.signIn': defaultNotices.signIn, 'codexmanager.notifications.keyBudget': defaultKeyBudgetNotice,
      ...Object.fromEntries(Object.entries(routingSettings).map(([name, setting]) => [`codexmanager.${setting}`, defaultRouting[name as SettingName]])),
    });
    const { section, ...names } = settings;
    assert.deepEqual(Object.keys(properties).sort(), [...Object.values(names), ...Object.values(routingSettings)].map((name) => `${section}.${name}`).sort());
    assert.deepEqual(properties['codexmanager.statusBar.show']?.enum, StatusShow.options);
    assert.ok(Object.values(properties).every(({ scope }) => scope === 'application'));
  });
});

describe('the routing settings of the manifest', () => {
  it('have the limits of the contract, and name the variable that wins', () => {
    for (const [name, setting] of Object.entries(routingSettings) as [SettingName, string][]) {
      const property = properties[`codexmanager.${setting}`];
      assert.ok(property, setting);
      assert.ok(property.markdownDescription?.includes(`\`CODEXMANAGER_${settingVariables[name]}\``), setting);
      if (name in mostOfSetting) assert.deepEqual([property.minimum, property.maximum], [0, mostOfSetting[name as keyof typeof mostOfSetting]], setting);
    }
    assert.deepEqual(properties['codexmanager.routing.strategy']?.enum, RouteStrategy.options);
  });
});

describe('readSettings', () => {
  const read = (values: Record<string, unknown>): [ReturnType<typeof readSettings>, string[]] => {
    const complaints: string[] = [];
    return [readSettings({ get: (name) => values[name] }, (message) => complaints.push(message)), complaints];
  };

  it('takes what is right and complains about the rest by name', () => {
    const all = { 'gateway.port': 5_000, 'upstream.baseUrl': ' https://x.example/y ', 'usage.lowPercent': 90, 'usage.pollSeconds': 30, 'usage.pollWhenIdle': true };
    assert.deepEqual(read(all), [{ port: 5_000, upstreamBaseUrl: 'https://x.example/y', lowPercent: 90, pollSeconds: 30, pollWhenIdle: true }, []]);
    assert.deepEqual(Object.keys(all), engineSettings);
    for (const [name, value] of [
      ['gateway.port', 'x'], ['gateway.port', 0], ['gateway.port', 70_000], ['upstream.baseUrl', 'chatgpt.com'], ['upstream.baseUrl', 5],
      ['usage.lowPercent', 0], ['usage.lowPercent', 91], ['usage.lowPercent', 2.5], ['usage.pollSeconds', 29], ['usage.pollSeconds', 86_401],
    ] as const) {
      const [settingsRead, complaints] = read({ [name]: value });
      assert.deepEqual(settingsRead, defaultSettings);
      assert.match(complaints[0] ?? '', new RegExp(name));
    }
  });

  it('holds the limits that the manifest tells', () => {
    for (const name of [settings.port, settings.lowPercent, settings.pollSeconds]) {
      const { minimum = NaN, maximum = NaN } = properties[`${settings.section}.${name}`] ?? {};
      for (const [value, isRight] of [[minimum, true], [minimum - 1, false], [maximum, true], [maximum + 1, false]] as const) assert.equal(read({ [name]: value })[1].length === 0, isRight, `${name} ${value}`);
    }
  });

  it('tells the engine what was set, and leaves the rest to it', () => {
    assert.deepEqual(engineVariables({ ...defaultSettings, lowPercent: 20, pollSeconds: 60, pollWhenIdle: true }, {}), {
      CODEXMANAGER_SERVICE_ADDR: 'localhost:48760', CODEXMANAGER_LOW_PERCENT: '20', CODEXMANAGER_USAGE_POLL_INTERVAL_SECS: '60', CODEXMANAGER_USAGE_POLL_WHEN_IDLE: 'true',
    });
  });

  it('lets variables of the process win', () => {
    assert.deepEqual(engineVariables({ ...defaultSettings, port: 5_000, upstreamBaseUrl: 'https://x' }, { CODEXMANAGER_SERVICE_ADDR: 'localhost:1', CODEXMANAGER_ISSUER: ' ', HOME: '/root' }), { CODEXMANAGER_SERVICE_ADDR: 'localhost:1', CODEXMANAGER_UPSTREAM_BASE_URL: 'https://x' });
    assert.deepEqual(engineVariables(defaultSettings, {}), { CODEXMANAGER_SERVICE_ADDR: 'localhost:48760' });
  });
});

describe('settings of what a window shows and tells', () => {
  it('are the defaults where nothing sensible was set', () => {
    assert.deepEqual([readStatusShow({ get: () => undefined }), readStatusShow({ get: () => 'everything' }), readStatusShow({ get: () => 'pool' })], ['current', 'current', 'pool']);
    assert.deepEqual(readNotices({ get: () => 'yes' }), defaultNotices);
    assert.deepEqual([readKeyBudgetNotice({ get: () => 'yes' }), readKeyBudgetNotice({ get: (name) => name !== 'notifications.keyBudget' })], [true, false]);
    assert.deepEqual(readNotices({ get: (name) => name === 'notifications.low' }), { low: true, exhausted: false, back: false, signIn: false });
  });
});
