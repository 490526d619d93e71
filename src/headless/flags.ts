import { parseArgs } from 'node:util';
import { AppError } from '../core/appError.ts';

export interface Flags { readonly help: boolean; readonly version: boolean; readonly demo: boolean }

export const helpText = `codexmanager [service] [--demo] [--help] [--version]

Runs CodexManager's gateway in the foreground and ends on Ctrl+C or SIGTERM.

  service     the default
  --demo      sample accounts on a built-in provider, in a folder that is removed at the end

Settings are CODEXMANAGER_* variables, or lines in codexmanager.env beside the program. The most used:
  CODEXMANAGER_SERVICE_ADDR   address of the gateway (localhost:48760)
  CODEXMANAGER_DB_PATH        database file; a relative path counts from the current folder
`;

/** Throws AppError `badRequest` for a flag or command it does not know. */
export function readFlags(args: readonly string[]): Flags {
  try {
    const { values, positionals } = parseArgs({
      args: [...args], allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' }, demo: { type: 'boolean' } },
    });
    const unknown = positionals.find((word) => word !== 'service');
    if (unknown !== undefined) throw new Error(`Unknown command "${unknown}".`);
    return { help: values.help === true, version: values.version === true, demo: values.demo === true };
  } catch (thrown) {
    throw new AppError('badRequest', `${thrown instanceof Error ? thrown.message : 'Bad arguments.'} See --help.`, { cause: thrown });
  }
}
