/** Codex CLI's folder: `CODEX_HOME`, else `.codex` in the person's home. */
export function codexHomeOf(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return env['CODEX_HOME']?.trim() || `${home.replace(/[\\/]+$/, '')}/.codex`;
}
