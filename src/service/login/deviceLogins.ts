import type { LoginStarted } from '../../contract/login.ts';
import { AppError } from '../../core/appError.ts';
import type { EngineConfig } from '../../core/engineConfig.ts';
import type { DeviceCode, LoginIssuer } from '../../upstream/login.ts';
import type { FinishDeps, LoginFinisher } from './finishLogin.ts';
import type { LoginSession } from './loginSession.ts';
import { pollDevice, type DeviceOutcome } from './pollDevice.ts';

export interface DeviceLoginsDeps extends Pick<FinishDeps, 'issuerName' | 'clock' | 'log'> {
  readonly config: Pick<EngineConfig, 'issuer' | 'clientId'>;
  readonly issuer: LoginIssuer;
  readonly finisher: LoginFinisher;
}

/** Logins by a code that the person enters on another screen. */
export class DeviceLogins {
  readonly #deps: DeviceLoginsDeps;

  constructor(deps: DeviceLoginsDeps) {
    this.#deps = deps;
  }

  /** Gets a code and waits for it in the background. Rejects with an AppError when the issuer gives out none. */
  async start(session: LoginSession): Promise<LoginStarted> {
    const { clock, config: { issuer, clientId } } = this.#deps;
    const device = await this.#codeFor(session);
    const deadline = clock.now() + device.expiresInSeconds * 1000;
    const redirectUri = `${issuer}/deviceauth/callback`;
    void this.#wait(session, device, deadline, redirectUri);
    const verificationUrl = `${issuer}/codex/device`;
    return {
      authUrl: verificationUrl, loginId: session.loginId, loginType: 'device', issuer, clientId, redirectUri, warning: null,
      device: {
        userCodeUrl: `${issuer}/api/accounts/deviceauth/usercode`, tokenUrl: `${issuer}/api/accounts/deviceauth/token`, verificationUrl, redirectUri,
        userCode: device.userCode, intervalSeconds: device.intervalSeconds, expiresAt: Math.floor(deadline / 1000),
      },
    };
  }

  async #codeFor(session: LoginSession): Promise<DeviceCode> {
    const { issuer, issuerName, clock } = this.#deps;
    const started = await issuer.startDevice(session.call);
    if (!session.pending) throw new AppError('cancelled', session.status.error ?? 'Cancelled.');
    if (started.kind === 'started') return started.device;
    const error = started.kind === 'notEnabled'
      ? new AppError('unsupported', `${issuerName} does not offer device codes here. Sign in with the browser instead.`)
      : new AppError('upstream', `No device code was given out by ${issuerName}: ${started.reason}. Try again, or sign in with the browser.`);
    session.fail(error.message, clock.now());
    throw error;
  }

  /** Never rejects: whatever happens is the session's outcome. */
  async #wait(session: LoginSession, device: DeviceCode, deadline: number, redirectUri: string): Promise<void> {
    const { issuer, clock, finisher } = this.#deps;
    const outcome = await pollDevice(issuer, clock, device, deadline, session.call).catch(() => null);
    if (outcome === null) return; // cancelled
    if (outcome.kind === 'approved') await finisher.finish(session, { code: outcome.code, verifier: outcome.verifier, redirectUri });
    else this.#failed(session, outcome);
  }

  #failed(session: LoginSession, outcome: Exclude<DeviceOutcome, { kind: 'approved' }>): void {
    const { issuerName, clock, log } = this.#deps;
    const words = {
      expired: 'The device code was not entered in time. Start the sign-in again for a new one.',
      denied: `The sign-in was declined at ${issuerName}. Nothing was stored.`,
      failed: `Waiting for the device code at ${issuerName} failed: ${outcome.kind === 'failed' ? outcome.reason : ''}. Start the sign-in again.`,
    };
    log('warn', words[outcome.kind]);
    session.fail(words[outcome.kind], clock.now());
  }
}
