import type { Check } from '../preflight.ts';
import type { Halfway } from './halfway.ts';
import type { Interrupt } from './interrupt.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';
import type { Survey } from './survey.ts';
import type { Terminal } from './terminal.ts';

/** What the parts of one run share. */
export interface Run {
  readonly session: Session;
  readonly found: Survey;
  readonly checks: readonly Check[];
  readonly halfway: Halfway;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly interrupt: Interrupt;
}
