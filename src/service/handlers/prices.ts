import type { Handlers } from '../../contract/rpc.ts';
import type { PriceBook } from '../priceBook.ts';

/** What models cost. A change counts for requests that end after it; those in the log keep the cost they have. */
export function priceHandlers(prices: PriceBook): Pick<Handlers, 'prices/list' | 'prices/set' | 'prices/reset'> {
  return {
    'prices/list': () => Promise.resolve(prices.list()),
    'prices/set': async ({ family, ...own }) => {
      await prices.set(family, own);
      return prices.list();
    },
    'prices/reset': async (params) => {
      await prices.reset(params?.family ?? null);
      return prices.list();
    },
  };
}
