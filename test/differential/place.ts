import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { insertJob } from '../pgagent/insert-job.ts';
import { createPgAgent } from '../pgagent/real.ts';
import type { Server } from '../servers/postgres.ts';
import type { DifferentialJob } from './differential-job.ts';

/** Databases and a folder of one run's own. */
export interface Place {
  readonly server: Server;
  readonly database: string;
  readonly archive: string;
  readonly folder: string;
}

const TEMPLATES: Readonly<Record<'C' | 'en-US', { name: string; options: string }>> = {
  C: { name: 'fresh', options: '' },
  'en-US': {
    name: 'fresh_en',
    options: "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0",
  },
};

// Roles are the server's, so all jobs share them.
const ROLES = `
  CREATE ROLE reader;
  CREATE ROLE "joe's desk" LOGIN SUPERUSER;
  CREATE ROLE "Müller" LOGIN SUPERUSER;
  CREATE ROLE loader LOGIN SUPERUSER;
  CREATE ROLE "Night-Shift" LOGIN SUPERUSER;
  ALTER ROLE loader SET search_path = loading, public;
  CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'S3cret';`;

/** What startServer needs: who is let in without a password, and who is not. */
export const HBA = `
local all guarded scram-sha-256
host all guarded all scram-sha-256
local all all trust
host all all all trust
`;

/** Makes the databases that every run gets a copy of: both schemas, and a table in which steps leave what they did. */
export async function makeTemplates(engine: Engine, server: Server): Promise<void> {
  await server.run('postgres', ROLES);
  for (const { name, options } of Object.values(TEMPLATES)) {
    await server.createDatabase(name, options);
    await createPgAgent(server, name);
    await engine.init(server, name);
    await server.run(
      name,
      `CREATE TABLE seen (n int GENERATED ALWAYS AS IDENTITY, what text);
       GRANT ALL ON seen TO PUBLIC`,
    );
    await server.run('postgres', `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  }
}

// Two CREATE DATABASE at once can refuse each other.
let making: Promise<void> = Promise.resolve();
// Two daemons that begin a step of the same number in the same second would choose the same name for its file.
let lastNumber = 0;

/** Makes the databases and the folder of a run, with the job in pgAgent's tables. @returns the job's id beside them */
export async function makePlace(
  server: Server,
  job: DifferentialJob,
  name: string,
  home: string,
): Promise<{ place: Place; jobId: number }> {
  const place = {
    server,
    database: name,
    archive: `${name}${job.archiveSuffix ?? '_archive'}`,
    folder: join(home, name),
  };
  const template = TEMPLATES[job.collation ?? 'C'].name;
  const mine = making.then(async () => {
    await server.createDatabase(name, `TEMPLATE ${template} STRATEGY FILE_COPY`);
    if (job.archive !== undefined)
      await server.createDatabase(
        place.archive,
        `TEMPLATE template0 STRATEGY FILE_COPY ENCODING '${job.archiveEncoding ?? 'UTF8'}'`,
      );
  });
  making = mine.catch(() => {});
  await mine;
  mkdirSync(place.folder);
  // The server's user, who is another one, writes here too.
  chmodSync(place.folder, 0o777);
  const { setup, archive, description, steps } = fillIn(job, place);
  lastNumber += 100;
  await server.run(
    name,
    `ALTER SEQUENCE pgagent.pga_job_jobid_seq RESTART ${lastNumber};
     ALTER SEQUENCE pgagent.pga_jobstep_jstid_seq RESTART ${lastNumber}`,
  );
  if (setup) await server.run(name, setup);
  if (archive) await server.run(place.archive, archive);
  // Nobody is to run it by the clock; pgAgent looks for its next run by counting minutes, so it is to be near.
  const soon = (new Date().getMinutes() + 30) % 60;
  const jobId = await insertJob(server, name, {
    name: job.id,
    ...(description !== undefined && { description }),
    schedules: job.schedules?.(soon) ?? [{ minutes: [soon] }],
    steps,
  });
  return { place, jobId };
}

/** Removes what `makePlace` made, whoever is still connected. */
export async function removePlace({ server, database, archive, folder }: Place): Promise<void> {
  for (const name of [database, archive]) {
    await server.run('postgres', `DROP DATABASE IF EXISTS "${name.replaceAll('"', '""')}" WITH (FORCE)`);
  }
  rmSync(folder, { recursive: true, force: true });
}

function valuesOf({ server, database, archive, folder }: Place): Readonly<Record<string, string>> {
  return {
    dir: folder,
    archive,
    db: database,
    host: server.socketDirectory,
    host_encoded: encodeURIComponent(server.socketDirectory),
    port: String(server.port),
    cwd: process.cwd(),
    umask: process.umask().toString(8).padStart(4, '0'),
  };
}

/** Puts the values of a place where a job's texts, and what is expected of it, have names in braces. */
export function fillIn<Value>(value: Value, place: Place): Value {
  const values = valuesOf(place);
  const inText = (text: string): string =>
    text.replace(/(?<!\$)\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return inTexts(value, inText) as Value;
}

/** The other way round, in what a run left behind, as far as it names the place. */
export function takeOut<Value>(value: Value, place: Place): Value {
  const values = valuesOf(place);
  const names = ['dir', 'archive', 'db', 'host', 'host_encoded', 'port', 'cwd', 'umask'];
  const inText = (text: string): string =>
    names.reduce((sofar, name) => {
      const each = (values[name] ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return sofar.replace(new RegExp(`(?<!\\w)${each}(?!\\w)`, 'g'), `{${name}}`);
    }, text);
  return inTexts(value, inText) as Value;
}

function inTexts(value: unknown, inText: (text: string) => string): unknown {
  if (typeof value === 'string') return inText(value);
  if (Array.isArray(value)) return value.map((each) => inTexts(each, inText));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [inText(name), inTexts(each, inText)]),
  );
}

/** Every file in the folder of the place with its content. */
export function filesIn({ folder }: Place): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}
