import type { Advisory } from '../../model/plan.ts';

/** What becomes of a batch step: a program and the arguments of its one execution, or a reason why not. */
export type BatchFate =
  | {
      readonly kind: 'runs';
      readonly program: string;
      readonly programArguments: readonly string[];
      /** The text, where it does not stand as an argument of its own: inside a script of the tool's, after one, or in parts. */
      readonly script: string | null;
      readonly advisories: readonly Advisory[];
    }
  | { readonly kind: 'not-carried'; readonly advisories: readonly Advisory[] };

export function notCarried(advisory: Advisory): BatchFate {
  return { kind: 'not-carried', advisories: [advisory] };
}

/** The file that a step's text becomes, without its ending. */
export function fileName(stepId: number): string {
  return `step_${stepId}`;
}
