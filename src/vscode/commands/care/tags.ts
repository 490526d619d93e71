const mostTags = 30;
const mostLetters = 50;

/** `team, #berlin` → `team`, `berlin`: each once, in the order they were written. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(/[,，]/).map((tag) => tag.trim().replace(/^#+\s*/, '')).filter((tag) => tag !== ''))];
}

/** What is wrong with the text; null when nothing is. */
export function tagsProblem(text: string): string | null {
  const tags = tagsOf(text);
  if (tags.length > mostTags) return `At most ${mostTags} tags.`;
  const long = tags.find((tag) => tag.length > mostLetters);
  return long === undefined ? null : `“${long.slice(0, 20)}…” is longer than ${mostLetters} characters.`;
}
