import { rule } from './rule.ts';

/** No column for jobdesc, jscdesc, jstdesc and pga_jobclass. */
export const descriptionsStay = rule(
  'descriptions-stay',
  'info',
  (count: number) =>
    `${count} ${count === 1 ? 'job has' : 'jobs have'} descriptions (of the job, a schedule or a step): pg_timetable has no place for them. They stay in pgAgent, and the record on the target keeps a copy, with the job classes (pga2timetable.job).`,
);
