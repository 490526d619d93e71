import * as z from 'zod/mini';

const text = z.catch(z.nullable(z.string()), null);
const number = z.catch(z.nullable(z.number()), null);

/** The error object of the Responses API, as far as anybody fills it. Whatever has another type counts as not said. */
export const ErrorFields = z.object({
  code: z._default(text, null),
  type: z._default(text, null),
  message: z._default(text, null),
  plan_type: z._default(text, null),
  resets_at: z._default(number, null),
  resets_in_seconds: z._default(number, null),
});
export type ErrorFields = z.infer<typeof ErrorFields>;

/** Longest message that is kept. */
export const mostMessage = 2_000;
