import type { LogExportStart } from '../../contract/logExport.ts';
import type { StatusClass } from '../../contract/requestLog.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import { nameQuery, type QueryNames } from '../../core/logQuery/nameQuery.ts';
import { parseQuery } from '../../core/logQuery/parseQuery.ts';
import type { QueryTerm } from '../../core/logQuery/queryTerm.ts';
import type { Store } from '../../core/store.ts';
import { AppError } from '../../core/appError.ts';
import { timeSteps } from '../../core/timeSteps.ts';
import type { LogExports, WantedExport } from '../exports/logExports.ts';
import type { RequestRecorder } from '../requestRecorder.ts';

type LogHandlers = Pick<Handlers, 'requestlog/list' | 'requestlog/clear' | 'requestlog/today_summary' | 'requestlog/stats' | LogExportMethod>;
type LogExportMethod = 'requestlog/export' | 'requestlog/export/start' | 'requestlog/export/status' | 'requestlog/export/cancel';

const defaultLimit = 200;
const mostRows = 1000;
const mostSteps = 1000;

interface Searched { readonly query?: string | null | undefined; readonly statusClass?: StatusClass | null | undefined }

export interface RequestLogDeps {
  readonly store: Store;
  readonly recorder: Pick<RequestRecorder, 'flush'>;
  readonly clock: Clock;
  /** What accounts and keys are called now. */
  readonly names: QueryNames;
  readonly exports: LogExports;
}

/** What was recorded a moment ago is stored before it is asked for. */
export function requestLogHandlers(deps: RequestLogDeps): LogHandlers {
  const { store, recorder, clock, names } = deps;
  const termsOf = ({ query, statusClass }: Searched): QueryTerm[] => {
    const terms = nameQuery(parseQuery(query ?? '', clock.now()), names);
    return statusClass ? [...terms, ...parseQuery(`status:${statusClass}`, 0)] : terms;
  };
  return {
    'requestlog/list': async (params) => {
      const terms = termsOf(params ?? {});
      await recorder.flush();
      const limit = params?.limit !== undefined && params.limit > 0 ? Math.min(Math.floor(params.limit), mostRows) : defaultLimit;
      const items = await store.listRequests({ terms, limit, beforeId: params?.beforeId ?? null, afterId: params?.afterId ?? null });
      return { items, ...(params?.countUpTo !== undefined && { count: await store.countRequests(terms, params.countUpTo) }) };
    },
    ...exportHandlers(deps, termsOf),
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
    'requestlog/stats': async ({ from, to, by, step }) => {
      const steps = timeSteps(from, to, step, mostSteps);
      if (!steps) throw new AppError('badRequest', `There are more than ${mostSteps} steps of one ${step} in that time. Ask for a shorter time, or for longer steps.`);
      await recorder.flush();
      return { items: await store.statistics(by, steps) };
    },
  };
}

function exportHandlers({ recorder, exports }: RequestLogDeps, termsOf: (searched: Searched) => QueryTerm[]): Pick<LogHandlers, LogExportMethod> {
  const wanted = async ({ format, path, ...searched }: LogExportStart): Promise<WantedExport> => {
    const terms = termsOf(searched);
    await recorder.flush();
    return { terms, format, path };
  };
  return {
    'requestlog/export': async (start) => exports.whole(await wanted(start)),
    'requestlog/export/start': async (start) => exports.start(await wanted(start)),
    'requestlog/export/status': ({ exportId, seenRevision, waitMs }) => exports.status(exportId, seenRevision, waitMs ?? 0),
    'requestlog/export/cancel': ({ exportId }) => exports.cancel(exportId),
  };
}
