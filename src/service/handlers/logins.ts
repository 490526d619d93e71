import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';

type LoginHandlers = Pick<Handlers, 'account/login/start' | 'account/login/status' | 'account/login/complete' | 'account/login/cancel'>;

export function loginHandlers(): LoginHandlers {
  const missing = (): Promise<never> => Promise.reject(new AppError('unsupported', 'not built yet'));
  return { 'account/login/start': missing, 'account/login/status': missing, 'account/login/complete': missing, 'account/login/cancel': missing };
}
