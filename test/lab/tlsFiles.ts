import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** The certificate of the tests; who is to trust it gets its path in NODE_EXTRA_CA_CERTS. */
export const certificateFile = fileURLToPath(new URL('../fixtures/tls/cert.pem', import.meta.url));

export function tlsFiles(): { readonly key: Buffer; readonly cert: Buffer } {
  return { key: readFileSync(new URL('../fixtures/tls/key.pem', import.meta.url)), cert: readFileSync(certificateFile) };
}

/** This process trusts the certificate until the function is called. */
export function trustTestCertificate(): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, readFileSync(certificateFile, 'utf8')]);
  return () => setDefaultCACertificates(before);
}
