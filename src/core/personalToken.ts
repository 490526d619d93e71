/** Whether a text is a personal access token of ChatGPT (`at-…`): it names nobody, is never renewed, and only the issuer can say whose it is. */
export function isPersonalToken(text: string): boolean {
  return /^at-[\w.~+/=-]{8,2048}$/.test(text);
}
