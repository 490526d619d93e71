const mostText = 200;

/** What the issuer says about a failure, fit for a message: one short line in which whatever looks like a code or token is blotted out. */
export function issuerText(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim().replace(/(?=[\w~+=-]*[\dA-Z])[\w~+=-]{24,}/g, '…');
  return line.length > mostText ? `${line.slice(0, mostText)}…` : line;
}
