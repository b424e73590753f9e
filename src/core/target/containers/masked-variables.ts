/** Shown instead of the value of a variable. */
export const mask = '***';
