import assert from 'node:assert/strict';
import type { Context } from '../../../src/transform/context.ts';
import { type ConnectionFate, planConnection } from '../../../src/transform/step/connection.ts';
import { codes, context } from '../../job-builders.ts';

/** What becomes of a connection string. */
export function plan(conninfo: string, where: Context = context()): ConnectionFate {
  return planConnection({ kind: 'conninfo', conninfo }, { stepId: 1 }, where);
}

/** The connection string that is written, or the codes of the errors. */
export function written(conninfo: string, where?: Context): string {
  const fate = plan(conninfo, where);
  if (fate.kind === 'connects') return fate.connection ?? 'local';
  for (const { severity } of fate.advisories) assert.equal(severity, 'error');
  return `error ${codes(fate.advisories).join(' ')}`;
}

/** Its advisories. */
export function notes(conninfo: string, where?: Context): readonly string[] {
  return plan(conninfo, where).advisories.map(({ severity, code }) => `${severity} ${code}`);
}

export const STEP_CONNINFO = new Map([
  ['host', 'db1'],
  ['port', '5433'],
  ['user', 'runner'],
]);

export const COMPLETED = context({ options: { stepConninfo: STEP_CONNINFO } });
