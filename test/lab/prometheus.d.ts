/** The parser's package has no types. */
declare module 'parse-prometheus-text-format' {
  export interface Metric {
    readonly name: string;
    readonly metrics: readonly { readonly value?: string; readonly labels?: Readonly<Record<string, string>>; readonly count?: string; readonly buckets?: Readonly<Record<string, string>> }[];
  }
  const parse: (text: string) => Metric[];
  export { parse as default };
}
