/** The product's version; package.json says the same, held to it by a test. */
export const version = '0.2.0';
