import * as z from 'zod/mini';
import { RouteState } from '../contract/route.ts';
import type { Settings } from '../contract/settings.ts';
import type { Pinned } from './routeTable.ts';
import { readSettings, settingsName } from './liveSettings.ts';

/** The setting's name in the database. */
export const routeSetting = 'route';

const Wish = z.object({ strategy: z.optional(z.unknown()), pinned: z.catch(RouteState.shape.pinned, null) });

/** What a person decided, out of the database; what cannot be read was not decided. */
export function readWishes(stored: Readonly<Record<string, string>>): { readonly pinned: Pinned; readonly settings: Partial<Settings> } {
  const { strategy, pinned } = readWish(stored[routeSetting]);
  // Until version 0.2 the strategy stood beside the pin.
  return { pinned, settings: { ...readSettings(JSON.stringify({ routeStrategy: strategy })), ...readSettings(stored[settingsName]) } };
}

function readWish(json: string | undefined): z.infer<typeof Wish> {
  try {
    return Wish.parse(JSON.parse(json ?? '{}'));
  } catch {
    return { pinned: null };
  }
}
