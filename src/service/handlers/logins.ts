import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import { parseCallback, type Callback } from '../../core/parseCallback.ts';
import type { LoginService } from '../login/loginService.ts';

type LoginHandlers = Pick<Handlers, 'account/login/start' | 'account/login/status' | 'account/login/complete' | 'account/login/cancel'>;

/** Ways in: by browser, by pasted address, by device code. */
export function loginHandlers(logins: LoginService): LoginHandlers {
  return {
    'account/login/start': (params) => logins.start(params),
    'account/login/status': (params) => logins.status(params?.loginId ?? '', params?.waitMs ?? 0),
    'account/login/complete': async ({ state, code, redirectUri, url }) => {
      const callback = url?.trim() ? parseCallback(url) : callbackOf(state, code);
      const answer = await logins.finish(callback, redirectUri?.trim() || null);
      if (!answer.ok) throw new AppError(answer.status === 500 ? 'upstream' : 'badRequest', answer.text);
      return { ok: true };
    },
    'account/login/cancel': ({ loginId }) => {
      logins.cancel(loginId);
      return Promise.resolve({ ok: true });
    },
  };
}

function callbackOf(state: string | null | undefined, code: string | null | undefined): Callback {
  if (state?.trim() && code?.trim()) return { kind: 'code', state: state.trim(), code: code.trim() };
  return { kind: 'unusable', reason: 'missing code/state. Give both, or the whole address the browser ended on as "url".' };
}
