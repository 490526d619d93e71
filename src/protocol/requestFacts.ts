/** Where a value stands in the body: [start, end) in bytes. */
export interface Span { readonly start: number; readonly end: number }

/** What routing, limits and logging need of a Responses request, read without parsing the whole body. Unknown members are never looked at. */
export interface RequestFacts {
  readonly model: string | null;
  /** `reasoning.effort`, else `reasoning_effort`. */
  readonly effort: string | null;
  /** Absent counts as false. */
  readonly stream: boolean;
  /** `max_output_tokens`; null where it is not a number above 0. */
  readonly maxOutputTokens: number | null;
  readonly promptCacheKey: string | null;
  /** `metadata.user_id`, by which clients name a conversation. */
  readonly userId: string | null;
  readonly previousResponseId: string | null;
  /** The values of `encrypted_content` members of input items, in order. */
  readonly encryptedItems: readonly string[];
  /** Top-level members that may be edited: name → span of the value (the last one when a name is repeated, as upstream reads it). */
  readonly spans: Readonly<Record<string, Span | undefined>>;
}
