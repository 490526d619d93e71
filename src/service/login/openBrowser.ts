import { spawn } from 'node:child_process';

/** An opener that is still there after so long has found its browser: some of them live as long as it does. */
const settledMs = 1000;

interface Opener { readonly command: string; readonly args: readonly string[] }

/** The program that opens an address in the person's browser. */
function openerOf(platform: NodeJS.Platform): Opener {
  if (platform === 'darwin') return { command: 'open', args: [] };
  // `start` of cmd.exe would read the address's "&" as its own.
  return platform === 'win32' ? { command: 'rundll32', args: ['url.dll,FileProtocolHandler'] } : { command: 'xdg-open', args: [] };
}

/** Opens an address in the system's browser, which outlives this process. Resolves to null, or to why it did not open. Never rejects. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const { command, args } = openerOf(process.platform);
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore', env, windowsHide: true });
    const timer = setTimeout(() => resolve(null), settledMs);
    const end = (problem: string | null): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    child.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ENOENT' ? `${command} is not installed` : `${command} could not be started (${error.code ?? 'unknown cause'})`));
    child.once('exit', (code) => end(code === 0 || code === null ? null : `${command} ended with code ${code}`));
    child.unref();
  });
}
