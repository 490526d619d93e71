import * as z from 'zod/mini';
import { RouteState, RouteStrategy } from '../contract/route.ts';
import type { RouteWish } from './routeTable.ts';

/** The setting's name in the database. */
export const routeSetting = 'route';

const Wish = z.object({ strategy: z.catch(z.nullable(RouteStrategy), null), pinned: z.catch(RouteState.shape.pinned, null) });

/** A stored wish; what cannot be read is no wish. */
export function readRouteWish(json: string | undefined): RouteWish {
  try {
    return Wish.parse(JSON.parse(json ?? '{}'));
  } catch {
    return { strategy: null, pinned: null };
  }
}
