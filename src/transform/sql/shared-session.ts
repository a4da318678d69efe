import { ALL_OF_KIND, type SessionThing } from './session-event.ts';
import { SESSION_STATE, type SessionThingKind } from './session-state.ts';
import type { SessionUse } from './session-use.ts';

/** A step, in the order of the job. */
export interface SessionStep {
  readonly stepId: number;
  /** Equal for steps that pgAgent gave the same connection; null for a program, which has none. */
  readonly connectionKey: string | null;
  readonly use: SessionUse;
}

/** Something that one step left in its session for others. */
export interface SessionLink {
  readonly kind: SessionThingKind;
  /** For a reader, such as `temporary table "x"`; repeats names of the text only, no values. */
  readonly what: string;
  readonly leftBy: number;
  /** The steps that take it; none for what was at work while the later steps ran. */
  readonly takenBy: readonly number[];
  /** The steps that make another of its name, which fails in the same session. */
  readonly madeAgainBy: readonly number[];
}

interface OpenLink {
  readonly thing: SessionThing;
  readonly connectionKey: string | null;
  readonly leftBy: number;
  readonly takenBy: number[];
  readonly madeAgainBy: number[];
  /** Whether it is at work while a later step runs. */
  isAtWork: boolean;
}

/** What later steps of a job take from sessions of earlier ones, by what the last of these left. */
export function sharedSession(steps: readonly SessionStep[]): readonly SessionLink[] {
  const all: OpenLink[] = [];
  let open: readonly OpenLink[] = [];
  for (const { stepId, connectionKey, use } of steps) {
    const isHere = (link: OpenLink): boolean => link.connectionKey === connectionKey;
    for (const link of open.filter((one) => isHere(one) && isAmong(use.taken, one.thing)))
      link.takenBy.push(stepId);
    for (const link of open.filter((one) => isHere(one) && isAmong(use.made, one.thing)))
      link.madeAgainBy.push(stepId);
    for (const link of open) link.isAtWork ||= worksFor(link, connectionKey);
    const isOver = ({ thing }: OpenLink): boolean => isAmong(use.ended, thing) || isAmong(use.left, thing);
    const left = use.left.map((thing) => ({
      thing,
      connectionKey,
      leftBy: stepId,
      takenBy: [],
      madeAgainBy: [],
      isAtWork: false,
    }));
    all.push(...left);
    open = [...open.filter((link) => !isHere(link) || !isOver(link)), ...left];
  }
  return all.filter(matters).map(({ thing, leftBy, takenBy, madeAgainBy }) => ({
    kind: thing.kind,
    what: thing.what,
    leftBy,
    takenBy,
    madeAgainBy,
  }));
}

function isAmong(things: readonly SessionThing[], thing: SessionThing): boolean {
  return things.some(({ kind, key }) => kind === thing.kind && (key === thing.key || key === ALL_OF_KIND));
}

function matters({ takenBy, madeAgainBy, isAtWork }: OpenLink): boolean {
  return takenBy.length > 0 || madeAgainBy.length > 0 || isAtWork;
}

function worksFor({ thing, connectionKey }: OpenLink, laterKey: string | null): boolean {
  const { isAtWork } = SESSION_STATE[thing.kind];
  return isAtWork === 'everywhere' || (isAtWork === 'in-session' && laterKey === connectionKey);
}
