import { ticks } from '../insert-job.ts';

/** How pg_dump 15 begins a plain dump. */
export const HEAD = `--
-- PostgreSQL database dump
--

\\restrict tCHhbnFnKm

-- Dumped from database version 15.8
-- Dumped by pg_dump version 15.8

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

`;

/** How it ends one. */
export const TAIL = `
--
-- PostgreSQL database dump complete
--

\\unrestrict tCHhbnFnKm

`;

const COLUMNS = {
  pga_jobagent: 'jagpid, jaglogintime, jagstation',
  pga_jobclass: 'jclid, jclname',
  pga_job:
    'jobid, jobjclid, jobname, jobdesc, jobhostagent, jobenabled, jobcreated, jobchanged, jobagentid, jobnextrun, joblastrun',
  pga_schedule:
    'jscid, jscjobid, jscname, jscdesc, jscenabled, jscstart, jscend, jscminutes, jschours, jscweekdays, jscmonthdays, jscmonths',
  pga_exception: 'jexid, jexscid, jexdate, jextime',
  pga_jobstep:
    'jstid, jstjobid, jstname, jstdesc, jstenabled, jstkind, jstcode, jstconnstr, jstdbname, jstonerror, jscnextrun',
} as const;

export type Table = keyof typeof COLUMNS;

/** The rows of a table as COPY writes them. */
export function copyText(table: Table, rows: readonly string[], columns: string = COLUMNS[table]): string {
  return `--
-- Data for Name: ${table}; Type: TABLE DATA; Schema: pgagent; Owner: postgres
--

COPY pgagent.${table} (${columns}) FROM stdin;
${rows.map((row) => `${row}\n`).join('')}\\.

`;
}

const none = (length: number): string => `{${ticks(length, 0).map((tick) => (tick ? 't' : 'f'))}}`;

/** Rows of one job with all that belongs to it. */
export const ROWS: Readonly<Record<Table, readonly string[]>> = {
  pga_jobagent: ['4711\t2026-01-01 00:00:00+00\thost1'],
  pga_jobclass: ['6\tMine'],
  pga_job: [
    '7\t6\tNightly\tOwner: me\t\tt\t2026-01-01 00:00:00+00\t2026-01-02 00:00:00+00\t\\N\t2026-02-01 03:00:00+00\t\\N',
  ],
  pga_schedule: [
    ['8\t7\tat night\t\tt\t2026-01-01 01:00:00+01\t\\N', ...[60, 24, 7, 32, 12].map(none)].join('\t'),
  ],
  pga_exception: ['9\t8\t2026-12-24\t\\N'],
  pga_jobstep: ['10\t7\tvacuum\t\tt\ts\tVACUUM;\\nANALYZE\t\tapp\tf\t\\N'],
};

/** A whole dump, with some tables of others. */
export function dumpText(changed: Partial<Record<Table, readonly string[]>> = {}, more = ''): string {
  const rows = { ...ROWS, ...changed };
  const tables = (Object.keys(COLUMNS) as Table[]).map((table) => copyText(table, rows[table]));
  return `${HEAD}${tables.join('')}${more}${TAIL}`;
}
