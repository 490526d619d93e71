import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { backupVersion, envelopeEnd, envelopeStart, headerText, type BackupEnvelope, type BackupHeader } from '../../core/backupFormat.ts';
import { Slices } from '../slices.ts';

type Kdf = Pick<BackupHeader['kdf'], 'N' | 'r' | 'p'>;

/** About half a second and 128 MiB for every guess. */
const cost: Kdf = { N: 131_072, r: 8, p: 1 };
const algorithm = 'aes-256-gcm';
/** Bytes worked on at a time: a multiple of three, so that their Base64 can be joined. */
const stride = 196_608;

/** Encrypts lines of text under a passphrase; yields the parts of the backup's text. */
export async function* sealBackup(lines: AsyncIterable<string>, passphrase: string, kdf: Kdf = cost): AsyncGenerator<string, void, void> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const header: BackupHeader = { format: 'codexmanager-backup', version: backupVersion, kdf: { name: 'scrypt', ...kdf, salt: salt.toString('base64') }, cipher: algorithm, iv: iv.toString('base64') };
  const cipher = createCipheriv(algorithm, await keyOf(passphrase, salt, kdf), iv);
  cipher.setAAD(Buffer.from(headerText(header)));
  const slices = new Slices();
  yield envelopeStart(header);
  let rest = Buffer.alloc(0);
  for await (const line of lines) {
    rest = Buffer.concat([rest, cipher.update(`${line}\n`, 'utf8')]);
    if (rest.length < stride) continue;
    const whole = rest.length - (rest.length % 3);
    yield rest.toString('base64', 0, whole);
    rest = rest.subarray(whole);
    if (slices.due) await slices.rest();
  }
  yield Buffer.concat([rest, cipher.final()]).toString('base64');
  yield envelopeEnd(cipher.getAuthTag().toString('base64'));
}

/** The lines of a backup; null when the passphrase is wrong or a byte of the backup was changed. Rejects with `cancelled` when the signal fires. */
export async function openBackup(envelope: BackupEnvelope, passphrase: string, signal: AbortSignal | null = null): Promise<AsyncIterable<string> | null> {
  const [salt, iv, tag] = [bytesOf(envelope.kdf.salt), bytesOf(envelope.iv), bytesOf(envelope.tag)];
  if (salt === null || iv?.length !== 12 || tag?.length !== 16) return null;
  const slices = new Slices(signal);
  const decipher = createDecipheriv(algorithm, await keyOf(passphrase, salt, envelope.kdf), iv);
  decipher.setAAD(Buffer.from(headerText(envelope)));
  decipher.setAuthTag(tag);
  const parts: Buffer[] = [];
  for (let from = 0; from < envelope.data.length; from += stride) {
    const bytes = bytesOf(envelope.data.slice(from, from + stride));
    if (bytes === null) return null;
    parts.push(decipher.update(bytes));
    if (slices.due) await slices.rest();
  }
  try {
    parts.push(decipher.final());
  } catch {
    return null; // the tag is not that of this content, header and key
  }
  return linesOf(parts, slices);
}

async function* linesOf(parts: readonly Buffer[], slices: Slices): AsyncGenerator<string, void, void> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for (const part of parts) {
    const lines = (text + decoder.write(part)).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      yield line;
      if (slices.due) await slices.rest();
    }
  }
}

/** The passphrase in one spelling, whatever keyboard it was typed on. */
function keyOf(passphrase: string, salt: Buffer, { N, r, p }: Kdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 128 * N * r * 2 }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Null when it is not Base64 in its one spelling: a byte that was changed must not pass unseen. */
function bytesOf(base64: string): Buffer | null {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : null;
}
