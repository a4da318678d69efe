/** How much of their runs properties have: all where nothing may be left out, a quarter where somebody waits; PROPERTY_SHARE says another. */
const SHARE = Number(process.env.PROPERTY_SHARE ?? (process.env.CI === 'true' ? 1 : 0.25));

/** Parameters of fast-check for a property that is to be run so often. */
export function runs(times: number): { readonly numRuns: number } {
  return { numRuns: Math.max(1, Math.ceil(times * SHARE)) };
}
