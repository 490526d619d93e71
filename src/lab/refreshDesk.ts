import type { ServerResponse } from 'node:http';
import type { TokenBook } from './tokenBook.ts';
import { sendJson } from './http.ts';

/** What the issuer did and is to do when an account's tokens are refreshed. The counts are for reading, the rest is for setting. */
export interface LabRefreshes {
  /** Refreshes that arrived, those that gave new tokens, and logins that ended because a spent token came again. */
  asked: number;
  rotated: number;
  ended: number;
  /** So many of the next answers are lost on the way, after the rotation. */
  lose: number;
  /** Where every refresh stands still until release(): before it is looked at, or after the rotation. */
  hold: 'arrival' | 'answer' | null;
  /** The token that was just replaced gives the same new tokens once more. */
  leeway: boolean;
}

export interface RefreshDeskPorts {
  readonly book: TokenBook;
  /** Resolves when a test lets go on what is held. */
  readonly released: () => Promise<void>;
  readonly onRefresh: () => void;
}

/** Answers one refresh. What a client that is gone had asked for, and was not looked at yet, is not done. */
export async function answerRefresh({ book, released, onRefresh }: RefreshDeskPorts, response: ServerResponse, refreshToken: string): Promise<void> {
  const account = book.accountOf(refreshToken);
  if (!account) return sendJson(response, 400, { error: 'invalid_grant' });
  const { refreshes } = account;
  refreshes.asked += 1;
  onRefresh();
  if (refreshes.hold === 'arrival') await released();
  if (response.closed) return;
  const refreshed = book.refresh(refreshToken);
  onRefresh();
  if (refreshes.hold === 'answer') await released();
  if (refreshes.lose > 0 && 'tokens' in refreshed) {
    refreshes.lose -= 1;
    response.destroy();
  } else if ('tokens' in refreshed) sendJson(response, 200, refreshed.tokens);
  else refuse(response, refreshed.code);
}

function refuse(response: ServerResponse, code: string): void {
  if (code === 'invalid_grant') return sendJson(response, 400, { error: 'invalid_grant' });
  if (code.startsWith('http_')) return sendJson(response, Number(code.slice(5)), { error: { message: 'scripted' } });
  sendJson(response, 401, { error: { message: 'Your refresh token cannot be used.', type: 'invalid_request_error', param: null, code } });
}
