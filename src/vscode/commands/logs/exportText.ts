import type { LogExport, LogFormat } from '../../../contract/logExport.ts';
import { numberText } from '../../../core/display/format.ts';

/** By the file's ending; CSV where it says nothing. */
export function formatOf(path: string): LogFormat {
  return /\.jsonl?$/i.test(path) ? 'jsonl' : 'csv';
}

/** A name that sorts by the local day it was made. */
export function fileNameAt(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `codexmanager-requests-${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}.csv`;
}

/** `1,200 of 40,000 requests`; what is not counted yet is not told. */
export function exportProgress({ written, total }: Pick<LogExport, 'written' | 'total'>): string {
  return total === 0 ? 'Looking for them…' : `${numberText(written)} of ${numberText(total)} requests`;
}

export function exportedText({ written, path }: Pick<LogExport, 'written' | 'path'>): string {
  return `${numberText(written)} request${written === 1 ? '' : 's'} exported to ${path}.`;
}
