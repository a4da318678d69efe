import type { SessionThing, SessionThingKind } from './session-events.ts';
import { ALL_OF_KIND, type SessionUse } from './session-use.ts';

/** A SQL step, in the order of the job. */
export interface SessionStep {
  readonly stepId: number;
  /** Equal for steps that pgAgent gave the same connection. */
  readonly connectionKey: string;
  readonly use: SessionUse;
}

/** Something that one step left in its session for others. */
export interface SessionLink {
  readonly kind: SessionThingKind;
  /** For a reader, such as `temporary table "x"`; repeats names of the text only, no values. */
  readonly what: string;
  readonly leftBy: number;
  /** The steps that take it; none for an advisory lock that was held on while the later steps ran. */
  readonly takenBy: readonly number[];
}

interface OpenLink {
  readonly thing: SessionThing;
  readonly connectionKey: string;
  readonly leftBy: number;
  readonly takenBy: number[];
  readonly hasLaterSteps: boolean;
}

/** What later steps of a job take from sessions of earlier ones, by what the last of these left. */
export function sharedSession(steps: readonly SessionStep[]): readonly SessionLink[] {
  const all: OpenLink[] = [];
  let open: readonly OpenLink[] = [];
  for (const [index, { stepId, connectionKey, use }] of steps.entries()) {
    const isHere = (link: OpenLink): boolean => link.connectionKey === connectionKey;
    for (const link of open.filter((one) => isHere(one) && isAmong(use.taken, one.thing)))
      link.takenBy.push(stepId);
    const isOver = ({ thing }: OpenLink): boolean => isAmong(use.ended, thing) || isAmong(use.left, thing);
    const left = use.left.map((thing) => ({
      thing,
      connectionKey,
      leftBy: stepId,
      takenBy: [],
      hasLaterSteps: index < steps.length - 1,
    }));
    all.push(...left);
    open = [...open.filter((link) => !isHere(link) || !isOver(link)), ...left];
  }
  return all.filter(matters).map(({ thing, leftBy, takenBy }) => ({
    kind: thing.kind,
    what: thing.what,
    leftBy,
    takenBy,
  }));
}

function isAmong(things: readonly SessionThing[], thing: SessionThing): boolean {
  return things.some(({ kind, key }) => kind === thing.kind && (key === thing.key || key === ALL_OF_KIND));
}

function matters({ thing, takenBy, hasLaterSteps }: OpenLink): boolean {
  return takenBy.length > 0 || (thing.kind === 'advisory-lock' && hasLaterSteps);
}
