import type { Unfinished } from '../cutover/unfinished.ts';
import type { Check } from '../model/preflight.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import type { Interrupt } from '../session/interrupt.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import type { Terminal } from './terminal.ts';

/** What the parts of one run share. */
export interface Run {
  readonly session: Session;
  readonly found: PlanOverview;
  readonly checks: readonly Check[];
  readonly unfinished: Unfinished;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly interrupt: Interrupt;
}
