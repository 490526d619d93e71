import { createSecureContext, getCACertificates, rootCertificates, type SecureContext } from 'node:tls';
import type { Log } from '../core/logger.ts';

/**
 * The certificates of this computer's store together with Node's own and those of NODE_EXTRA_CA_CERTS; null when the store adds nothing, or this Node
 * cannot read it. Takes tens of milliseconds.
 */
export function systemCertificates(log: Log): readonly string[] | null {
  // Node has it since 22.15.
  if (typeof getCACertificates !== 'function') return null;
  try {
    const startedAt = performance.now();
    const own = new Set(getCACertificates('default'));
    const all = new Set([...own, ...rootCertificates, ...getCACertificates('extra'), ...getCACertificates('system')]);
    log('debug', `Certificates of this computer read in ${Math.round(performance.now() - startedAt)} ms: ${all.size}, ${own.size} of them Node's own.`);
    return all.size === own.size ? null : [...all];
  } catch (thrown) {
    log('warn', `The certificates of this computer could not be read (${thrown instanceof Error ? thrown.message : 'unknown cause'}); only Node's own are trusted.`);
    return null;
  }
}

/** Whom to trust, made when first asked for and then kept; undefined: whom Node trusts. */
export function trustedContext(certificates: () => readonly string[] | null): () => SecureContext | undefined {
  let made: { readonly context: SecureContext | undefined } | null = null;
  return () => {
    if (!made) {
      const ca = certificates();
      made = { context: ca === null ? undefined : createSecureContext({ ca: [...ca] }) };
    }
    return made.context;
  };
}
