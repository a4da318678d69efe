import type { After, DifferentialJob, DifferentialStep, Otherwise } from './differential-job.ts';
import type { Effects, StepRun } from './effects.ts';

/** What the table says a job leaves behind under pgAgent. */
export function expectedUnderAgent(job: DifferentialJob): Effects {
  return effectsOf(job.steps, job.after);
}

/** What the table says it leaves behind under pg_timetable. */
export function expectedUnderTimetable(job: DifferentialJob): Effects {
  return otherwise(job, job.differs?.underTimetable ?? {});
}

/** The same with --transaction chain. */
export function expectedInOneTransaction(job: DifferentialJob): Effects {
  const { inOneTransaction } = job;
  return typeof inOneTransaction === 'object' && 'does' in inOneTransaction
    ? otherwise(job, inOneTransaction.does)
    : expectedUnderAgent(job);
}

function otherwise(job: DifferentialJob, { ends = {}, ...differing }: Otherwise): Effects {
  const { rows, archiveRows } = job.after;
  const after = {
    ...job.after,
    ...differing,
    rows: { ...rows, ...differing.rows },
    archiveRows: { ...archiveRows, ...differing.archiveRows },
  };
  const steps = job.steps.map((step) => {
    const end = ends[step.name];
    return end === undefined ? step : { ...step, ends: end };
  });
  return effectsOf(steps, after);
}

function effectsOf(steps: readonly DifferentialStep[], after: After): Effects {
  const ran = steps.flatMap(({ name, ends = 'ok', prints, enabled }): StepRun[] =>
    ends === 'not run' || enabled === false
      ? []
      : [{ step: name, end: ends, ...(prints !== undefined && { printed: prints }) }],
  );
  return {
    end: after.end ?? 'succeeded',
    steps: after.order === undefined ? ran : inOrder(ran, after.order),
    seen: after.seen ?? [],
    rows: after.rows ?? {},
    archiveRows: after.archiveRows ?? {},
    files: after.files ?? {},
  };
}

// Steps of one name keep the order of the table.
function inOrder(ran: readonly StepRun[], order: readonly string[]): StepRun[] {
  const left = [...ran];
  return order.map((name) => {
    const at = left.findIndex(({ step }) => step === name);
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found === undefined) throw new Error(`the table has no step "${name}" that runs`);
    return found;
  });
}
