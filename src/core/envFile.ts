/**
 * The variables of an env file, by CodexManager's rules: blank lines and lines that begin with `#` or `;` are passed over, `export ` may stand before a
 * name, matching quotes around a value are taken off, and an unquoted value ends before ` #`. A line without `=` is passed over.
 */
export function parseEnvFile(content: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const raw of content.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const line = raw.trim().replace(/^export\s+/, '');
    const equals = line.indexOf('=');
    if (line.startsWith('#') || line.startsWith(';') || equals <= 0) continue;
    variables[line.slice(0, equals).trim()] = valueOf(line.slice(equals + 1).trim());
  }
  return variables;
}

function valueOf(raw: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(raw);
  if (quoted) return quoted[2] ?? '';
  const comment = raw.indexOf(' #');
  return comment < 0 ? raw : raw.slice(0, comment).trimEnd();
}
