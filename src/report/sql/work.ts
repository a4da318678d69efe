import type { JobPlan } from '../../model/plan.ts';
import type { ChainNow, JobRecord, LiveChange } from '../../model/record.ts';
import type { NewRecord, RecordChange } from '../../timetable/record.ts';

/** A chain that is there, as it was when the script was made. */
export interface SeenChain extends ChainNow {
  readonly name: string;
  /** Whether it is as the record has it: nobody has changed it since it was written. */
  readonly isAsRecorded: boolean;
}

/** A chain of a record whose id and digest only the target can give. */
export interface ChainToRecord {
  readonly name: string;
  readonly live: boolean;
  readonly scheduleId?: number | null;
}

/** What the script does about one job. */
export type Work =
  | { readonly kind: 'none' }
  | { readonly kind: 'skip' | 'conflict'; readonly because: readonly string[] }
  | {
      readonly kind: 'keep';
      readonly record: JobRecord;
      /** Its chains. */
      readonly chains: readonly SeenChain[];
      readonly switched: readonly LiveChange[];
      /** null where the record stays as it is. */
      readonly change: RecordChange | null;
    }
  | {
      readonly kind: 'make';
      /** null for a job that this tool has not moved. */
      readonly record: JobRecord | null;
      /** The chains that go: those of the record first. */
      readonly oldChains: readonly SeenChain[];
      /** Of these, the chains of the record, by id. */
      readonly recordedIds: readonly number[];
      readonly newRecord: NewRecord<ChainToRecord>;
    };

export interface ScriptJob {
  readonly plan: JobPlan;
  readonly work: Work;
}
