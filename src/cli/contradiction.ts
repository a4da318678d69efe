import type { OptionValues } from './options-schema.ts';

/** Options that exclude or need each other. */
export interface Contradiction {
  readonly message: string;
  readonly remedy: string;
  holds(given: OptionValues): boolean;
}
