import type { Handlers } from '../../contract/rpc.ts';
import type { LiveSettings } from '../liveSettings.ts';

/** What a person decided about routing and failover. */
export function settingsHandlers(settings: LiveSettings): Pick<Handlers, 'settings/get' | 'settings/update'> {
  return {
    'settings/get': () => Promise.resolve(settings.state()),
    'settings/update': async (change) => {
      await settings.change(change);
      return settings.state();
    },
  };
}
