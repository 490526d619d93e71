import type { Handlers } from '../../contract/rpc.ts';
import type { ImportFailure } from '../../contract/importJob.ts';
import type { Clock } from '../../core/clock.ts';
import { parseImport } from '../../core/importAccounts.ts';
import { AppError } from '../../core/appError.ts';
import type { AccountPool } from '../accountPool.ts';
import { AccountIntake } from '../accountIntake.ts';

type ImportHandlers = Pick<Handlers, 'account/import' | 'account/import/start' | 'account/import/status' | 'account/import/commit' | 'account/import/cancel'>;

/** As many accounts go into one transaction. */
const batchSize = 200;
/** As many failures are listed; all are counted. */
const mostErrors = 50;

export function importHandlers(pool: AccountPool, clock: Clock): ImportHandlers {
  const missing = (): Promise<never> => Promise.reject(new AppError('unsupported', 'not built yet'));
  return {
    'account/import': ({ contents, content }) => importAccounts(pool, clock, textsOf(contents, content)),
    'account/import/start': missing,
    'account/import/status': missing,
    'account/import/commit': missing,
    'account/import/cancel': missing,
  };
}

function textsOf(contents: readonly unknown[] | undefined, content: string | null | undefined): string[] {
  const texts = (contents ?? []).filter((text) => typeof text === 'string');
  return content && content.trim() !== '' ? [...texts, content] : texts;
}

/** Takes what can be taken, in durable batches; what cannot is told with its place and reason. */
async function importAccounts(pool: AccountPool, clock: Clock, texts: readonly string[]): ReturnType<ImportHandlers['account/import']> {
  const errors: ImportFailure[] = [];
  const tally = { total: 0, created: 0, updated: 0, skipped: 0, failed: 0 };
  const words = { create: 'created', update: 'updated', skip: 'skipped' } as const;
  const intake = new AccountIntake(pool, clock, { groupName: 'IMPORT', source: 'file' });
  for (const [file, text] of texts.entries()) {
    for (const item of parseImport(text)) {
      tally.total += 1;
      if (item.ok) {
        tally[words[intake.add(item).action]] += 1;
        if (intake.size >= batchSize) await intake.save();
        continue;
      }
      tally.failed += 1;
      const where = texts.length > 1 ? `file ${file + 1}, ${item.position}` : item.position;
      if (errors.length < mostErrors) errors.push({ index: tally.total, message: `${where}: ${item.reason}`, file: `file ${file + 1}`, position: item.position, reason: item.reason });
    }
  }
  await intake.save();
  return { ...tally, errors };
}
