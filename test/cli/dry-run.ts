import assert from 'node:assert/strict';
import { planSchema } from '../../src/model/plan.ts';
import type { Check } from '../../src/model/preflight.ts';
import { pga2timetable } from './run.ts';

/** What the preflight of a dry run said. */
export interface Looked {
  readonly code: number | null;
  readonly checks: readonly Check[];
  of(check: string): readonly Check[];
  /** The only line of that name. */
  one(check: string): Check;
}

/** Makes a dry run. */
export async function dryRun(args: readonly string[]): Promise<Looked> {
  const { code, stdout, stderr } = await pga2timetable(['--dry-run', '--format', 'json', ...args]);
  assert.notEqual(stdout, '', stderr);
  const checks = planSchema.parse(JSON.parse(stdout)).preflight;
  const of = (name: string): readonly Check[] => checks.filter(({ check }) => check === name);
  return {
    code,
    checks,
    of,
    one: (name) => {
      const [found, ...others] = of(name);
      assert.ok(found && others.length === 0, `${name}: ${JSON.stringify(checks, null, 1)}`);
      return found;
    },
  };
}
