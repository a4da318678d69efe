import type { Client } from '../postgres/connect.ts';

/** What of EDB Postgres Advanced Server's job packages is there. */
export interface EdbJobs {
  /** Whether version() says EnterpriseDB. */
  readonly isEdb: boolean;
  /** The packages, which stand in the catalog as schemas: DBMS_JOB, DBMS_SCHEDULER. */
  readonly packages: readonly string[];
  /** Whether EDB's own edb_job_scheduler is installed in this database, which runs their jobs instead of pgAgent. */
  readonly hasOwnScheduler: boolean;
}

/** Looks for EDB's DBMS_JOB and what runs its jobs. Source: EDB's pages on DBMS_JOB and edb_job_scheduler. */
export async function findEdbJobs(client: Client): Promise<EdbJobs> {
  const { rows } = await client.query<EdbJobs>(`
    SELECT version() ILIKE '%EnterpriseDB%' AS "isEdb",
           ARRAY (SELECT upper(nspname) FROM pg_catalog.pg_namespace
                   WHERE nspname IN ('dbms_job', 'dbms_scheduler') ORDER BY 1) AS packages,
           EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'edb_job_scheduler') AS "hasOwnScheduler"`);
  return rows[0] ?? { isEdb: false, packages: [], hasOwnScheduler: false };
}
