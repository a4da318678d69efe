import type { DifferentialJob } from '../differential-job.ts';
import { BATCH_JOBS } from './batch.ts';
import { CONNECTION_JOBS } from './connections.ts';
import { REFUSED_CONNECTION_JOBS } from './connections-refused.ts';
import { ERROR_JOBS } from './errors.ts';
import { INTERPRETER_JOBS } from './interpreters.ts';
import { JOINED_JOBS } from './joined.ts';
import { MAINTENANCE_JOBS } from './maintenance.ts';
import { ORDER_JOBS } from './order.ts';
import { REAL_LIFE_JOBS } from './real-life.ts';
import { SCHEDULE_JOBS } from './schedules.ts';
import { SESSION_STATE_JOBS } from './session-state.ts';
import { SESSION_JOBS } from './sessions.ts';
import { SESSIONS_SEEN_JOBS } from './sessions-seen.ts';
import { SHORT_FORM_JOBS } from './short-forms.ts';
import { SILENT_JOBS } from './silent.ts';
import { SQL_JOBS } from './sql.ts';
import { TEXT_JOBS } from './texts.ts';
import { TIMEOUT_JOBS } from './timeouts.ts';
import { TRANSACTION_JOBS } from './transactions.ts';

export const JOBS: readonly DifferentialJob[] = [
  ...SQL_JOBS,
  ...MAINTENANCE_JOBS,
  ...TRANSACTION_JOBS,
  ...SESSION_JOBS,
  ...SESSION_STATE_JOBS,
  ...JOINED_JOBS,
  ...SESSIONS_SEEN_JOBS,
  ...SILENT_JOBS,
  ...BATCH_JOBS,
  ...INTERPRETER_JOBS,
  ...SHORT_FORM_JOBS,
  ...TEXT_JOBS,
  ...CONNECTION_JOBS,
  ...REFUSED_CONNECTION_JOBS,
  ...ERROR_JOBS,
  ...ORDER_JOBS,
  ...REAL_LIFE_JOBS,
  ...TIMEOUT_JOBS,
  ...SCHEDULE_JOBS,
];
