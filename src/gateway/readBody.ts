import type { IncomingMessage } from 'node:http';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { AppError } from '../core/appError.ts';

type Decompress = (input: Buffer, options: { maxOutputLength: number }, done: (error: Error | null, output: Buffer) => void) => void;

const decoders: Readonly<Record<string, Decompress>> = { zstd: zstdDecompress, gzip: gunzip, 'x-gzip': gunzip, deflate: inflate, br: brotliDecompress };

/**
 * The whole body, decompressed, at most `maxBytes` before and after. Rejects with AppError `tooLarge` (nothing more is read then), `unsupported`
 * for an unknown content-encoding, `badRequest` for one that does not decode, `cancelled` when the client left.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decode = decoders[encoding];
  if (!decode && encoding !== 'identity') throw new AppError('unsupported', `The request body's content-encoding "${encoding.slice(0, 40)}" is not supported. Send identity, zstd, gzip, deflate or br.`);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const body = await collect(request, maxBytes);
  return decode ? decompress(decode, body, encoding, maxBytes) : body;
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      request.pause();
      reject(tooLarge(maxBytes));
    });
    request.once('end', () => {
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
      chunks.length = 0; // this listener lives as long as the answer; the pieces need not
    });
    request.once('error', () => reject(new AppError('cancelled', 'The client went away while sending its request.')));
    request.once('close', () => {
      if (!request.complete) reject(new AppError('cancelled', 'The client went away while sending its request.'));
    });
  });
}

function decompress(decode: Decompress, body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decode(body, { maxOutputLength: maxBytes }, (error, output) => {
      if (!error) return resolve(output);
      const code = 'code' in error ? error.code : null;
      reject(code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxBytes) : new AppError('badRequest', `The request body is not valid ${encoding}.`));
    });
  });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('tooLarge', `The request body is larger than ${maxBytes} bytes, the limit set by CODEXMANAGER_FRONT_PROXY_MAX_BODY_BYTES.`);
}
