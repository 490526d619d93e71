import type { Handlers } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import type { Store } from '../../core/store.ts';
import type { RequestRecorder } from '../requestRecorder.ts';

type LogHandlers = Pick<Handlers, 'requestlog/list' | 'requestlog/clear' | 'requestlog/today_summary'>;

const defaultLimit = 200;
const mostRows = 1000;

/** What was recorded a moment ago is stored before it is asked for. */
export function requestLogHandlers(store: Store, recorder: RequestRecorder, clock: Clock): LogHandlers {
  return {
    'requestlog/list': async (params) => {
      await recorder.flush();
      const limit = params?.limit !== undefined && params.limit > 0 ? Math.min(Math.floor(params.limit), mostRows) : defaultLimit;
      return { items: await store.listRequests({ query: params?.query ?? '', limit, beforeId: params?.beforeId ?? null, statusClass: params?.statusClass ?? null }) };
    },
    'requestlog/clear': async () => {
      await recorder.flush();
      await store.clearRequests();
      return { ok: true };
    },
    'requestlog/today_summary': async () => {
      await recorder.flush();
      const midnight = new Date(clock.now());
      midnight.setHours(0, 0, 0, 0);
      const next = new Date(midnight);
      next.setDate(next.getDate() + 1);
      return store.summary(midnight.getTime() / 1000, next.getTime() / 1000);
    },
  };
}
