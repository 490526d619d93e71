import { modelPrices } from '../../src/core/modelPrices.ts';
import { costOf, familyOf, type CostOf } from '../../src/core/pricing.ts';

/** By the built-in prices alone; null for a model that has none. */
export const estimateCost: CostOf = (model, usage) => {
  const price = familyOf(model, modelPrices);
  return price === null ? null : costOf(price, usage);
};
