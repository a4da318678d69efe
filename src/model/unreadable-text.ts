/** The texts that a plan is made of. */
const TEXTS = 'jobname, jobhostagent, jscname, jstname, jstcode, jstconnstr, jstdbname';
/** The texts that are only kept. A server in SQL_ASCII sends them whatever they hold. */
const KEPT = 'jobdesc, jclname, jscdesc, jstdesc';

/**
 * SQL that looks for jobs of pgAgent with text that is not UTF-8 and cannot be converted to it.
 * @param encoding of the database
 * @param note PL/pgSQL that is run for such a job, with its id as `r.jobid`; a job may come more than once
 */
export function searchForUnreadable(encoding: string, note: string): string {
  const columns = encoding === 'SQL_ASCII' ? TEXTS : `${TEXTS}, ${KEPT}`;
  return (
    `DO $$ DECLARE r record; BEGIN FOR r IN SELECT jobid, concat_ws(' ', ${columns}) AS texts FROM pgagent.pga_job ` +
    'LEFT JOIN pgagent.pga_jobclass ON jclid = jobjclid LEFT JOIN pgagent.pga_jobstep ON jstjobid = jobid ' +
    'LEFT JOIN pgagent.pga_schedule ON jscjobid = jobid LOOP ' +
    `BEGIN PERFORM convert_to(r.texts, 'UTF8'); ` +
    `EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN ${note} END; END LOOP; END $$;`
  );
}
