import { changedRecord, newRecord } from '../../migrate/job-record.ts';
import type { ChainNow, JobRecord } from '../../model/record.ts';
import type { ReconciledJob } from '../../planning/reconciled-jobs.ts';
import type { ChainToRecord, ScriptJob, SeenChain, Work } from '../../report/sql/work.ts';
import { HIDING } from '../../secrets/masked.ts';
import type { Session } from '../../session/session.ts';
import type { Settings } from '../../session/settings.ts';
import type { Descriptions, NewRecord } from '../../timetable/record.ts';
import type { Printing } from './format.ts';

/** The jobs with what the script does about each, as they stand on the target now. */
export async function* scriptJobs({ jobs, session, settings }: Printing): AsyncGenerator<ScriptJob> {
  for await (const reconciled of jobs)
    yield { plan: reconciled.plan, work: workOf(reconciled, session, settings) };
}

function workOf(reconciled: ReconciledJob, session: Session, settings: Settings): Work {
  const { action, record, chainsNow, taken } = reconciled;
  switch (action.kind) {
    case 'none':
      return action;
    case 'skip':
    case 'conflict':
      return { kind: action.kind, because: action.because };
    case 'keep':
      return {
        kind: 'keep',
        record: action.record,
        chains: recordedChains(action.record, chainsNow),
        switched: action.switched,
        change: changedRecord(reconciled, session),
      };
    case 'create':
    case 'replace': {
      const recorded = record === null ? [] : recordedChains(record, chainsNow);
      const others = action.kind === 'create' ? [] : namedChains(action.oldNames, taken, chainsNow);
      return {
        kind: 'make',
        record,
        oldChains: [...recorded, ...others],
        recordedIds: recorded.map(({ id }) => id),
        newRecord: toWrite(reconciled, session, settings),
      };
    }
  }
}

function recordedChains(
  { chains }: JobRecord,
  chainsNow: ReadonlyMap<number, ChainNow>,
): readonly SeenChain[] {
  return chains.flatMap(({ id, name, digest }) => {
    const now = chainsNow.get(id);
    return now === undefined ? [] : [{ ...now, name, isAsRecorded: now.digest === digest }];
  });
}

function namedChains(
  names: readonly string[],
  taken: ReadonlyMap<string, number>,
  chainsNow: ReadonlyMap<number, ChainNow>,
): readonly SeenChain[] {
  return names.flatMap((name) => {
    const now = chainsNow.get(taken.get(name) ?? 0);
    return now === undefined ? [] : [{ ...now, name, isAsRecorded: false }];
  });
}

function toWrite(
  reconciled: ReconciledJob,
  session: Session,
  { stripPasswords, showSecrets }: Settings,
): NewRecord<ChainToRecord> {
  const chains = reconciled.plan.chains.map(
    ({ chainName, live, scheduleId }): ChainToRecord => ({ name: chainName, live, scheduleId }),
  );
  const record = newRecord(reconciled, session, chains);
  return stripPasswords && !showSecrets
    ? { ...record, descriptions: shownDescriptions(record.descriptions) }
    : record;
}

// The script would hold them in clear.
function shownDescriptions({ class: name, job, schedules, steps }: Descriptions): Descriptions {
  const shown = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, HIDING.text(text)]));
  return {
    class: HIDING.text(name),
    job: HIDING.text(job),
    schedules: shown(schedules),
    steps: shown(steps),
  };
}
