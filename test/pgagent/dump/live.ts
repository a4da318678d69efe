import type { Job } from '../../../src/model/job.ts';
import { readJobs } from '../../../src/pgagent/read-jobs.ts';
import { findUnreadableJobs } from '../../../src/pgagent/unreadable-jobs.ts';
import type { Client } from '../../../src/postgres/connect.ts';
import type { Server } from '../../servers/postgres.ts';

/** What the live reader reads, with the steps in the order in which a dump has them. */
export async function readLive(server: Server, database: string): Promise<readonly Job[]> {
  const client = (await server.connect(database)) as Client;
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ encoding: string }>(
      `SELECT current_setting('server_encoding') AS encoding`,
    );
    // As `connect` does.
    if (rows[0]?.encoding === 'SQL_ASCII') await client.query("SET client_encoding = 'SQL_ASCII'");
    const unreadable = await findUnreadableJobs(client, rows[0]?.encoding ?? '');
    const jobs: Job[] = [];
    for await (const job of readJobs(client, null, unreadable)) jobs.push(withSteps(job));
    return jobs;
  } finally {
    await client.end();
  }
}

function withSteps(job: Job): Job {
  const bytes = (text: string): Buffer => Buffer.from(text);
  const steps = [...job.steps].sort((a, b) => Buffer.compare(bytes(a.name), bytes(b.name)) || a.id - b.id);
  return { ...job, steps };
}
