/**
 * The tables of pgAgent whose rows are read, with their columns in the order of every schema from 3.4 to 4.2. INSERT may
 * come without names.
 */
const COLUMNS = {
  pga_jobagent: ['jagpid', 'jaglogintime', 'jagstation'],
  pga_jobclass: ['jclid', 'jclname'],
  pga_job: [
    ...['jobid', 'jobjclid', 'jobname', 'jobdesc', 'jobhostagent', 'jobenabled', 'jobcreated', 'jobchanged'],
    ...['jobagentid', 'jobnextrun', 'joblastrun'],
  ],
  pga_jobstep: [
    ...[
      'jstid',
      'jstjobid',
      'jstname',
      'jstdesc',
      'jstenabled',
      'jstkind',
      'jstcode',
      'jstconnstr',
      'jstdbname',
    ],
    ...['jstonerror', 'jscnextrun'],
  ],
  pga_schedule: [
    ...['jscid', 'jscjobid', 'jscname', 'jscdesc', 'jscenabled', 'jscstart', 'jscend'],
    ...['jscminutes', 'jschours', 'jscweekdays', 'jscmonthdays', 'jscmonths'],
  ],
  pga_exception: ['jexid', 'jexscid', 'jexdate', 'jextime'],
  pga_joblog: ['jlgid', 'jlgjobid', 'jlgstatus', 'jlgstart', 'jlgduration'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type KeptTable = keyof typeof COLUMNS;

export function isKeptTable(name: string): name is KeptTable {
  return Object.hasOwn(COLUMNS, name);
}

export const knownColumns = (table: KeptTable): readonly string[] => COLUMNS[table];

/** What the jobs are made of: a dump that lacks one of these lacks parts of jobs. */
export const NEEDED_TABLES = ['pga_job', 'pga_jobstep', 'pga_schedule', 'pga_exception'] as const;

/** The classes that pgAgent brings, by jclid: pg_dump leaves them out where pgAgent is an extension (pgagent--4.2.sql). */
export const OWN_CLASSES: ReadonlyMap<number, string> = new Map(
  ['Routine Maintenance', 'Data Import', 'Data Export', 'Data Summarisation', 'Miscellaneous'].map(
    (name, index) => [index + 1, name],
  ),
);
