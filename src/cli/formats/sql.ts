import type { PlanOptions } from '../../model/plan.ts';
import type { Check } from '../../model/preflight.ts';
import { connectedStations } from '../../pgagent/source.ts';
import type { ScriptHead } from '../../report/sql/head.ts';
import { printScript } from '../../report/sql/script.ts';
import { HIDING, shownHeader } from '../../secrets/masked.ts';
import type { Settings } from '../../session/settings.ts';
import { OPTIONS_OF } from '../options.ts';
import { SHAPING } from '../planned-options.ts';
import { askedBy, type Printing } from './format.ts';
import { scriptJobs } from './sql-jobs.ts';

/** Prints a script for psql that does what a run would do. */
export async function showSql(result: Printing): Promise<void> {
  await printScript(headOf(result), scriptJobs(result), result.print);
}

function headOf({ session, found, checks, settings, reasons }: Printing): ScriptHead {
  const header = shownHeader(session.header, HIDING);
  return {
    header,
    sourceKey: session.sourceKey,
    hasTaskLive: session.target.hasTaskLive,
    options: optionsOf(header.options, settings),
    summary: found.tally.summary(false),
    ...askedBy(found),
    checks,
    advisories: found.advisories,
    reasons: reasons.filter(({ message }) => !isMetAgain(message, checks)),
    connectedStations: found.exposedChains > 0 && session.isOneDatabase ? connectedStations('false') : null,
  };
}

// What the script meets by itself when it runs, maybe as another user and at another time.
const MET_AGAIN = ['pgagent-connected', 'target-recovery', 'target-read-only', 'target-rights', 'record'];

function isMetAgain(message: string, checks: readonly Check[]): boolean {
  return checks.some((check) => check.message === message && MET_AGAIN.includes(check.check));
}

function optionsOf(options: PlanOptions, { onConflict, force }: Settings): readonly string[] {
  const shaping = Object.entries(SHAPING).flatMap(([name, read]) => {
    const value = read(options);
    if (typeof value === 'boolean') return value ? [`--${name}`] : [];
    const words = Array.isArray(value) ? value : [value ?? defaultOf(name)];
    return words
      .filter((word) => word !== defaultOf(name))
      .map((word) => `--${name} ${quoted(String(word))}`);
  });
  return [
    ...shaping,
    ...(onConflict === 'error' ? [] : [`--on-conflict ${onConflict}`]),
    ...(force ? ['--force'] : []),
  ];
}

function defaultOf(name: string): unknown {
  return OPTIONS_OF.migrate[name]?.default;
}

function quoted(word: string): string {
  return /^[\w=.*/-]+$/.test(word) ? word : JSON.stringify(word);
}
