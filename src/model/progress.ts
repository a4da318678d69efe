/** What a use case says while it works: a stage begins, one of its steps is done, it ends; what it waits for; what to know. */
export type ProgressEvent =
  | {
      readonly kind: 'begin';
      /** `Planning` */
      readonly doing: string;
      /** How many steps it has; null where nobody knows. */
      readonly total: (() => Promise<number>) | null;
    }
  | { readonly kind: 'step' }
  | { readonly kind: 'end' }
  | { readonly kind: 'waiting'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string };

/** Who listens to that. A listener never throws. */
export type OnProgress = (event: ProgressEvent) => void;

/** Does the work as a stage of its own. */
export async function stage<T>(
  tell: OnProgress,
  doing: string,
  total: (() => Promise<number>) | null,
  work: (step: () => void) => Promise<T>,
): Promise<T> {
  tell({ kind: 'begin', doing, total });
  try {
    return await work(() => tell({ kind: 'step' }));
  } finally {
    tell({ kind: 'end' });
  }
}
