import type { Act, SessionThingKind } from './session-state.ts';

/** Something that lives in a session, beyond the transaction that made it. */
export interface SessionThing {
  readonly kind: SessionThingKind;
  /** What tells it from others of its kind. */
  readonly key: string;
  /** For a reader, such as `temporary table "x"`. */
  readonly what: string;
}

/** The key of what stands for every thing of its kind. */
export const ALL_OF_KIND = '*';

export type SessionEvent =
  /** `isNew`: it fails where such a thing is there already. */
  | { readonly act: Act; readonly thing: SessionThing; readonly isNew?: true }
  | { readonly act: 'drop-all'; readonly kinds: readonly SessionThingKind[] };
