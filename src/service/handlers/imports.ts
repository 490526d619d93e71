import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import type { ImportJobs } from '../imports/importJobs.ts';

type ImportHandlers = Pick<Handlers, 'account/import' | 'account/import/start' | 'account/import/status' | 'account/import/commit' | 'account/import/cancel'>;

/** As many failures the original's one call lists; all are counted. */
const mostErrors = 50;

export function importHandlers(jobs: ImportJobs): ImportHandlers {
  return {
    'account/import': async ({ contents, content }) => {
      const sources = textsOf(contents, content);
      if (sources.length === 0) return { total: 0, created: 0, updated: 0, skipped: 0, failed: 0, errors: [] };
      const { state, message, total, created, updated, skipped, failed, errors } = await jobs.runWhole({ sources });
      if (state !== 'done') throw new AppError('internal', `The import stopped after ${created + updated} of ${total} accounts: ${message ?? 'CodexManager ends'}`);
      return { total, created, updated, skipped, failed, errors: errors.slice(0, mostErrors) };
    },
    'account/import/start': (start) => Promise.resolve(jobs.start(start)),
    'account/import/status': ({ importId, seenRevision, waitMs }) => jobs.status(importId, seenRevision, waitMs),
    'account/import/commit': ({ importId, ...decision }) => jobs.commit(importId, decision),
    'account/import/cancel': ({ importId }) => jobs.cancel(importId),
  };
}

/** What is no text, or blank, is passed over, as in the original. */
function textsOf(contents: readonly unknown[] | undefined, content: string | null | undefined): { name: string; text: string }[] {
  const texts = [...(contents ?? []), content].filter((text) => typeof text === 'string').filter((text) => text.trim() !== '');
  return texts.map((text, index) => ({ name: texts.length > 1 ? `file ${index + 1}` : 'text', text }));
}
