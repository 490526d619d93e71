import assert from 'node:assert/strict';
import type { SettingsState } from '../../../src/contract/settings.ts';
import { defaultSettings } from '../../../src/core/settingVariables.ts';
import { SettingsSync } from '../../../src/vscode/settingsSync.ts';

describe('SettingsSync', () => {
  let inCode: Record<string, unknown>;
  let told: unknown[];
  let now: number;
  let sync: SettingsSync;
  const state = (over: Partial<SettingsState['settings']> = {}, locked: SettingsState['locked'] = []): SettingsState => ({ settings: { ...defaultSettings, ...over }, locked });
  beforeEach(() => {
    [inCode, told, now] = [{}, [], 10_000];
    sync = new SettingsSync({
      explicit: (setting) => inCode[setting], now: () => now,
      write: (setting, value) => Promise.resolve(void told.push(['write', setting, value])),
      send: (change) => Promise.resolve(void told.push(['send', change])),
      complain: (message) => told.push(['complain', message]),
    });
  });

  it('tells a new engine what was set here and differs, and nothing else', async () => {
    inCode = { 'routing.strategy': 'drain', 'routing.accountMaxInflight': 4, 'routing.retryMaxAttempts': 3, 'routing.healthChoice': true };
    await sync.heard(state({ accountMaxInflight: 4 }, [{ name: 'retryMaxAttempts', variable: 'CODEXMANAGER_RETRY_MAX_ATTEMPTS' }]));
    assert.deepEqual(told, [['send', { routeStrategy: 'drain' }]]);
    sync.connected();
    await sync.heard(state({ routeStrategy: 'drain', accountMaxInflight: 1, retryMaxAttempts: 3 }));
    assert.deepEqual(told.at(-1), ['send', { accountMaxInflight: 4 }]);
  });

  it('tells a change, and says what is wrong with a value that cannot be', async () => {
    await sync.changed();
    await sync.heard(state());
    inCode = { 'routing.waitBudgetMs': 5, 'routing.retryMaxMs': -1, 'routing.strategy': 'fastest' };
    await sync.changed();
    assert.deepEqual(told.slice(0, 2).map((one) => (one as string[])[1]).sort(), [
      'The setting codexmanager.routing.retryMaxMs must be a whole number from 0 to 86400000; 600000 is used.',
      'The setting codexmanager.routing.strategy must be one of ordered, balanced, headroom, drain; ordered is used.',
    ]);
    assert.deepEqual(told[2], ['send', { waitBudgetMs: 5 }]);
  });

  it('writes back what was changed elsewhere, only where something was set, and no echo of its own', async () => {
    inCode = { 'routing.strategy': 'drain' };
    await sync.heard(state());
    await sync.heard(state()); // was on its way when ours was sent
    assert.equal(told.length, 1);
    now += 1_000;
    await sync.heard(state({ routeStrategy: 'balanced', accountMaxInflight: 7 }));
    assert.deepEqual(told[1], ['write', 'routing.strategy', 'balanced']);
    await sync.heard(state({ routeStrategy: 'headroom' }, [{ name: 'routeStrategy', variable: 'CODEXMANAGER_ROUTE_STRATEGY' }]));
    assert.equal(told.length, 2, 'what a variable decides is no wish of anybody');
  });
});
