/** What the page says that a browser login ends on. Plain text, all of it. */
export interface CallbackPage {
  readonly ok: boolean;
  readonly title: string;
  readonly text: string;
  /** What to do now. */
  readonly next: string;
}

/** A page without scripts and without anything from elsewhere; `nonce` is what its Content-Security-Policy allows its style by. */
export function callbackPage({ ok, title, text, next }: CallbackPage, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - CodexManager</title>
<style nonce="${escapeHtml(nonce)}">${style}</style>
</head>
<body>
<main>
<p class="mark ${ok ? 'good' : 'bad'}" aria-hidden="true">${ok ? '&#10003;' : '!'}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<p class="next">${escapeHtml(next)}</p>
</main>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1c2128; --soft: #57606a; --good: #1a7f37; --bad: #bc4c00; }
@media (prefers-color-scheme: dark) { :root { --back: #16191f; --card: #1f2430; --text: #e6e9ef; --soft: #9aa4b2; --good: #4ac26b; --bad: #f0883e; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 480px; width: 100%; padding: 32px; border-radius: 12px; background: var(--card); text-align: center; overflow-wrap: anywhere; }
h1 { margin: 8px 0; font-size: 22px; }
p { margin: 8px 0; }
.mark { display: inline-grid; place-items: center; width: 48px; height: 48px; border-radius: 50%; border: 2px solid currentColor; font-size: 24px; font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.next { color: var(--soft); }
`;
