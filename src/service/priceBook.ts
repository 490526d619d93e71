import * as z from 'zod/mini';
import { PriceFamily, TokenPrices, type PriceList } from '../contract/prices.ts';
import { AppError } from '../core/appError.ts';
import { modelPrices, priceTableVersion, type ModelPrice } from '../core/modelPrices.ts';
import { costOf, familyOf, type CostOf } from '../core/pricing.ts';

/** The setting's name in the database. */
export const pricesName = 'prices';

const mostOwn = 500;
/** So many changes of a person fit between two versions of the built-in table. */
const versionStep = 1_000_000;
const Stored = z.object({ changes: z.int(), own: z.record(PriceFamily, TokenPrices) });
type Stored = z.infer<typeof Stored>;

/** What models cost: the built-in table, and a person's own prices, which win. Durable before they count. */
export class PriceBook {
  readonly #keep: (json: string) => Promise<void>;
  #stored: Stored;
  #families: readonly Pick<ModelPrice, 'family' | 'dated' | keyof TokenPrices>[];
  #saving: Promise<unknown> = Promise.resolve();

  /** `stored`: what was kept before. `keep` is durable and rejects with an AppError. */
  constructor(stored: string | undefined, keep: (json: string) => Promise<void>) {
    this.#keep = keep;
    this.#stored = read(stored);
    this.#families = familiesOf(this.#stored);
  }

  /** Of the built-in table, and of how often a person changed theirs: never the same for two different lists. */
  get version(): number {
    return priceTableVersion * versionStep + this.#stored.changes;
  }

  list(): PriceList {
    const names = [...new Set([...modelPrices.map(({ family }) => family), ...Object.keys(this.#stored.own)])];
    return {
      version: this.version,
      items: names.map((family) => {
        const builtIn = modelPrices.find((one) => one.family === family);
        return { family, builtIn: builtIn ? pricesOf(builtIn) : null, own: this.#stored.own[family] ?? null, source: builtIn?.source ?? null, date: builtIn?.date ?? null };
      }),
    };
  }

  set(family: string, prices: TokenPrices): Promise<void> {
    return this.#change((own) => {
      if (Object.keys(own).length >= mostOwn && !Object.hasOwn(own, family)) throw new AppError('tooLarge', `There are prices of your own for ${mostOwn} families already. Reset some first.`);
      return { ...own, [family]: prices };
    });
  }

  /** One family, or all; what has no own prices stays as it is. */
  reset(family: string | null): Promise<void> {
    return this.#change((own) => (family === null ? {} : Object.fromEntries(Object.entries(own).filter(([name]) => name !== family))));
  }

  readonly costOf: CostOf = (model, usage) => {
    const price = familyOf(model, this.#families);
    return price === null ? null : costOf(price, usage);
  };

  #change(change: (own: Stored['own']) => Stored['own']): Promise<void> {
    const done = this.#saving.then(async () => {
      const stored = { changes: this.#stored.changes + 1, own: change(this.#stored.own) };
      await this.#keep(JSON.stringify(stored));
      this.#stored = stored;
      this.#families = familiesOf(stored);
    });
    this.#saving = done.catch(() => undefined);
    return done;
  }
}

/** A family of one's own covers what the built-in one of that name covers. */
function familiesOf({ own }: Stored) {
  const mine = Object.entries(own).map(([family, prices]) => ({ family, dated: modelPrices.find((one) => one.family === family)?.dated ?? false, ...prices }));
  return [...mine, ...modelPrices.filter(({ family }) => !Object.hasOwn(own, family))];
}

function pricesOf({ input, cachedInput, output, cacheWrite, longContext }: TokenPrices): TokenPrices {
  return { input, cachedInput, output, cacheWrite, longContext };
}

/** What cannot be read was not decided. */
function read(json: string | undefined): Stored {
  try {
    return Stored.parse(JSON.parse(json ?? '{}'));
  } catch {
    return { changes: 0, own: {} };
  }
}
