import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';

type TransferHandlers = Pick<Handlers, 'account/export' | 'account/codexLogin' | 'account/useInCodex' | 'backup/create'>;

export function transferHandlers(): TransferHandlers {
  const missing = (): Promise<never> => Promise.reject(new AppError('unsupported', 'not built yet'));
  return { 'account/export': missing, 'account/codexLogin': missing, 'account/useInCodex': missing, 'backup/create': missing };
}
