import type { Failure } from '../failure.ts';
import type { ChainPlan, JobPlan, Severity } from '../plan.ts';
import { onSide } from '../postgres/query-errors.ts';
import { masking, printJson } from '../report/json.ts';
import { HIDING, REVEALING } from '../report/masked.ts';
import { printTable } from '../report/table.ts';
import { totals } from '../report/totals.ts';
import { commit } from '../timetable/commit.ts';
import { beginWriting, type WrittenIds, writeChains } from '../timetable/writer.ts';
import { agentConnected, reasonsNotToWrite } from './checks.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { failureText } from './failure-text.ts';
import type { Interrupt } from './interrupt.ts';
import { comparisonWith, openFitting, printNotes, sealFor } from './saved-plan.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';
import { plannedJobs, type Survey, survey } from './survey.ts';
import { color, type Terminal, unlessClosed } from './terminal.ts';

/** What the parts of one run share. */
interface Run {
  readonly session: Session;
  readonly found: Survey;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly interrupt: Interrupt;
}

/**
 * Moves the jobs, or with `--dry-run` shows what moving them would do and ends with the code that it would end with.
 * @returns the exit code
 * @throws Failure where nothing was written and nothing can be shown
 */
export async function migrate(
  settings: Settings,
  terminal: Terminal,
  interrupt: Interrupt,
): Promise<ExitCode> {
  const session = await openFitting(settings, interrupt);
  try {
    const comparison = comparisonWith(session, settings);
    const found = await survey(session, comparison?.see);
    interrupt.check();
    const run: Run = { session, found, settings, terminal, interrupt };
    await printNotes(comparison?.notes() ?? [], settings, terminal);
    const reasons = [...(comparison?.reasons() ?? []), ...reasonsNotToWrite(session, found, settings)];
    if (settings.dryRun || reasons.length > 0) return await show(run, reasons);
    return await showWritten(run, await write(run));
  } finally {
    await session.close();
  }
}

async function show(run: Run, reasons: readonly Failure[]): Promise<ExitCode> {
  const { session, found, settings, terminal } = run;
  const code = reasons[0] ? exitCodeOf(reasons[0].code) : exitCodeWhenDone(found);
  if (settings.dryRun) await unlessClosed(() => report(run, plannedJobs(session), false));
  else await printAdvisories(run);
  for (const reason of reasons) {
    await terminal.stderr.print(
      failureText(
        settings.dryRun
          ? `A run would stop here: ${reason.message}`
          : `${reason.message} Nothing was written.`,
        reason.remedy,
        reason.details,
      ),
    );
  }
  return code;
}

/** Writes every chain in one transaction. */
async function write({ session, found, interrupt }: Run): Promise<WrittenIds> {
  const { targetClient: client } = session;
  return onSide('target', async () => {
    const transactionId = await beginWriting(client);
    const ids = await writeChains(client, chainsOf(plannedJobs(session)), session.target.hasTaskLive);
    // An agent may have been started while this was written.
    const agents = found.tally.summary(false).liveChains > 0 ? await session.agentsNow() : [];
    if (agents.length > 0) throw agentConnected(agents, session.source.isInRecovery);
    interrupt.beginCommit();
    try {
      await commit(client, transactionId, session.reconnectTarget);
    } catch (error) {
      interrupt.endCommit();
      throw error;
    }
    return ids;
  });
}

async function showWritten(run: Run, ids: WrittenIds): Promise<ExitCode> {
  const { session, found, terminal, interrupt } = run;
  try {
    await unlessClosed(() => report(run, withIds(plannedJobs(session), ids), true));
  } catch (error) {
    // What is committed stays, so a listing that breaks off is no failure of the run.
    const why = error instanceof Error ? error.message : String(error);
    await terminal.stderr.print(
      failureText(
        `The chains are written, but the listing broke off: ${why}`,
        'Look at timetable.chain on the target.',
      ),
    );
  }
  if (interrupt.isRequested)
    await terminal.stderr.print('pga2timetable: interrupted, after the chains had been written.\n');
  return exitCodeWhenDone(found);
}

function exitCodeWhenDone({ tally }: Survey): ExitCode {
  const { jobsLeftOut, jobsMovedInPart } = tally.summary(false);
  return jobsLeftOut + jobsMovedInPart > 0 ? EXIT.jobsLeftOut : EXIT.done;
}

async function report(run: Run, plans: AsyncIterable<JobPlan>, isWritten: boolean): Promise<void> {
  const { session, found, settings, terminal, interrupt } = run;
  const summary = found.tally.summary(isWritten);
  const print = (text: string): Promise<void> => {
    interrupt.check();
    return terminal.stdout.print(text);
  };
  const shown = settings.showSecrets ? REVEALING : HIDING;
  if (settings.format === 'json') {
    const { header } = session;
    await printJson(header, plans, found.advisories, summary, sealFor(settings) ?? masking(shown), print);
    return terminal.stdout.end();
  }
  const style = {
    width: terminal.width,
    showTasks: settings.verbose,
    shown,
    color: color(terminal.stdoutHasColor),
  };
  await printTable(session.header, plans, style, print);
  await printAdvisories(run);
  await print(`${settings.quiet ? '' : '\n'}${totals(summary)}\n`);
  await terminal.stdout.end();
}

async function printAdvisories({ found, settings, terminal }: Run): Promise<void> {
  if (settings.format === 'json' && settings.quiet) return;
  const least: Severity = settings.quiet ? 'error' : 'info';
  const text = found.digest.text(least, settings.verbose, terminal.width, color(terminal.stderrHasColor));
  if (text === '') return;
  const more = settings.quiet ? '' : 'docs/advisories/<code>.md says more about each.\n';
  await terminal.stderr.print(`\n${text}${more}`);
}

async function* chainsOf(plans: AsyncIterable<JobPlan>): AsyncGenerator<ChainPlan> {
  for await (const plan of plans) yield* plan.chains;
}

async function* withIds(plans: AsyncIterable<JobPlan>, ids: WrittenIds): AsyncGenerator<JobPlan> {
  let chain = 0;
  let task = 0;
  for await (const plan of plans) {
    yield {
      ...plan,
      chains: plan.chains.map((planned) => ({
        ...planned,
        chainId: ids.chains[chain++] ?? 0,
        tasks: planned.tasks.map((one) => ({ ...one, taskId: ids.tasks[task++] ?? 0 })),
      })),
    };
  }
}
