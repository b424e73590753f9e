/** The ports that bentos without a configured port get. */
export const [firstPort, lastPort] = [3000, 3999];
