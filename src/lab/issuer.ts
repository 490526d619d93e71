import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LabAccount } from './labAccount.ts';
import { readClaims } from '../core/jwtClaims.ts';
import { DeviceCodes, devicePair, type DeviceTerms } from './deviceCodes.ts';
import { bearerOf, readFields, readText, sendJson } from './http.ts';
import { answerRefresh, type RefreshDeskPorts } from './refreshDesk.ts';
import { sendDevicePage, sendNotePage, sendSignInPage } from './signInPages.ts';

interface Grant { readonly account: LabAccount; readonly challenge: string; readonly redirectUri: string }

/** An answer that a test puts in the place of the issuer's own. */
export interface IssuerAnswer { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }

export interface IssuerOptions extends DeviceTerms, RefreshDeskPorts {
  readonly accounts: () => readonly LabAccount[];
  /** Ask on a page as whom to sign in; else the person is signed in already. */
  readonly signInPage: boolean;
}

/** The real one lets this client come back to these two names, at any port. */
const redirects = /^http:\/\/(localhost|127\.0\.0\.1):\d+\/auth\/callback$/;

/** The OAuth issuer: authorize with PKCE, token with rotation, device code, revoke, token exchange. */
export class Issuer {
  readonly #options: IssuerOptions;
  readonly #grants = new Map<string, Grant>();
  readonly #devices: DeviceCodes;
  readonly #scripted = new Map<string, IssuerAnswer[]>();

  constructor(options: IssuerOptions, now: () => number) {
    this.#options = options;
    this.#devices = new DeviceCodes(options, now);
  }

  /** True when the route is the issuer's. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const fields = async (): Promise<Record<string, string>> => readFields(await readText(request), request.headers['content-type']);
    const scripted = this.#scripted.get(url.pathname)?.shift();
    if (scripted) {
      await readText(request);
      sendJson(response, scripted.status, scripted.body, scripted.headers);
      return true;
    }
    const { book, accounts } = this.#options;
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /oauth/authorize': this.#authorize(response, url.searchParams); return true;
      case 'GET /oauth/authorize/decide': this.#decide(response, url.searchParams); return true;
      case 'POST /oauth/token': await this.#token(response, await fields()); return true;
      case 'POST /oauth/revoke': book.revoke((await fields())['token'] ?? ''); sendJson(response, 200, {}); return true;
      case 'POST /api/accounts/deviceauth/usercode': await readText(request); sendJson(response, 200, this.#devices.give()); return true;
      case 'POST /api/accounts/deviceauth/token': this.#deviceToken(response, await fields(), `http://${request.headers.host}`); return true;
      case 'GET /api/accounts/v1/user-auth-credential/whoami': this.#whoAmI(response, bearerOf(request)); return true;
      case 'GET /codex/device': sendDevicePage(response, accounts()); return true;
      case 'POST /codex/device': this.#enterCode(response, await fields()); return true;
      default: return false;
    }
  }

  /** Whose a personal access token is. */
  #whoAmI(response: ServerResponse, token: string): void {
    const account = this.#options.book.owner(token);
    if (!account) return sendJson(response, 401, { error: { message: 'This token is not valid.', code: 'invalid_token' } });
    const { email, subject, chatgptAccountId, plan } = account.settings;
    sendJson(response, 200, { email, chatgpt_user_id: `user-${subject}`, chatgpt_account_id: chatgptAccountId, chatgpt_plan_type: plan, chatgpt_account_is_fedramp: false });
  }

  /** The issuer's next request on this path is answered so. */
  answerNext(path: string, answer: IssuerAnswer): void {
    this.#scripted.set(path, [...(this.#scripted.get(path) ?? []), answer]);
  }

  /** A person enters the code on the device page. False when no such code waits. */
  decideDevice(userCode: string, answer: LabAccount | 'denied'): boolean {
    return this.#devices.decide(userCode, answer);
  }

  /** `login_hint` (e-mail) says who is signed in already, else the first account; `lab_page` asks for the page. */
  #authorize(response: ServerResponse, query: URLSearchParams): void {
    const account = this.#account(query.get('login_hint')) ?? this.#options.accounts()[0];
    if (!account || !isAuthorizable(query)) return sendJson(response, 400, { error: 'invalid_request' });
    if (this.#options.signInPage || query.has('lab_page')) return sendSignInPage(response, this.#options.accounts(), query);
    this.#goBack(response, query, account);
  }

  /** Somebody pressed a button of the page. */
  #decide(response: ServerResponse, query: URLSearchParams): void {
    const account = this.#account(query.get('as'));
    if (!isAuthorizable(query) || (!account && !query.has('deny'))) return sendJson(response, 400, { error: 'invalid_request' });
    this.#goBack(response, query, account ?? 'denied');
  }

  #goBack(response: ServerResponse, query: URLSearchParams, answer: LabAccount | 'denied'): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    const target = new URL(redirectUri);
    if (answer === 'denied') target.searchParams.set('error', 'access_denied');
    else target.searchParams.set('code', this.#grant(answer, query.get('code_challenge') ?? '', redirectUri));
    target.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: target.href }).end();
  }

  #account(email: string | null | undefined): LabAccount | undefined {
    return this.#options.accounts().find(({ settings }) => settings.email === email);
  }

  #grant(account: LabAccount, challenge: string, redirectUri: string): string {
    const code = `ac_${randomBytes(12).toString('hex')}`;
    this.#grants.set(code, { account, challenge, redirectUri });
    return code;
  }

  async #token(response: ServerResponse, fields: Record<string, string>): Promise<void> {
    switch (fields['grant_type']) {
      case 'authorization_code': return this.#exchange(response, fields);
      case 'refresh_token': return answerRefresh(this.#options, response, fields['refresh_token'] ?? '');
      case 'urn:ietf:params:oauth:grant-type:token-exchange': return this.#apiKey(response, fields['subject_token'] ?? '');
      default: return sendJson(response, 400, { error: 'unsupported_grant_type' });
    }
  }

  #exchange(response: ServerResponse, fields: Record<string, string>): void {
    const grant = this.#grants.get(fields['code'] ?? '');
    this.#grants.delete(fields['code'] ?? '');
    const challenge = createHash('sha256').update(fields['code_verifier'] ?? '').digest('base64url');
    if (!grant || grant.challenge !== challenge || grant.redirectUri !== fields['redirect_uri']) return sendJson(response, 400, { error: 'invalid_grant' });
    sendJson(response, 200, this.#options.book.issue(grant.account));
  }

  #apiKey(response: ServerResponse, idToken: string): void {
    const subject = readClaims(idToken)?.subject;
    const account = this.#options.accounts().find(({ settings }) => settings.subject === subject);
    if (!account) return sendJson(response, 401, { error: 'invalid_subject_token' });
    account.apiKeys.asked += 1;
    this.#options.onRefresh();
    if (account.apiKeys.refuse !== null) return sendJson(response, account.apiKeys.refuse, { error: { code: 'no_organization' } });
    sendJson(response, 200, { access_token: `sk-lab-${randomBytes(8).toString('hex')}` });
  }

  #enterCode(response: ServerResponse, fields: Record<string, string>): void {
    const account = this.#account(fields['as']);
    const known = (account || fields['deny']) && this.#devices.decide(fields['user_code'] ?? '', account ?? 'denied');
    if (known) sendNotePage(response, account ? `Signed in as ${account.settings.email}` : 'Sign-in denied');
    else sendDevicePage(response, this.#options.accounts(), 'This code is not known, or is used up.');
  }

  #deviceToken(response: ServerResponse, fields: Record<string, string>, issuer: string): void {
    const polled = this.#devices.poll(fields['device_auth_id'], fields['user_code']);
    if ('error' in polled) return sendJson(response, polled.status, { error: polled.error });
    const { verifier, challenge } = devicePair();
    const code = this.#grant(polled.account, challenge, `${issuer}/deviceauth/callback`);
    sendJson(response, 200, { authorization_code: code, code_challenge: challenge, code_verifier: verifier });
  }
}

function isAuthorizable(query: URLSearchParams): boolean {
  return Boolean(query.get('code_challenge')) && query.get('code_challenge_method') === 'S256' && redirects.test(query.get('redirect_uri') ?? '');
}
