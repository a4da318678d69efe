import { insertJob } from '../pgagent/insert-job.ts';
import type { Server } from '../servers/postgres.ts';

const MINUTES = Array.from({ length: 60 }, (_, minute) => minute);

/** The jobs of every scenario, by what is to become of them. */
export interface Jobs {
  /** Enabled, and moved whole. */
  readonly handedOver: readonly number[];
  /** When pgAgent is to run each of them next, milliseconds since 1970 UTC, worked out by hand; null for each minute. */
  readonly nextRun: ReadonlyMap<number, number | null>;
  readonly disabledBefore: number;
  /** A step of it needs --step-conninfo. */
  readonly leftOut: number;
}

/** Puts them in: due every minute; once a year, in half a year; by two schedules, one with an exception; disabled; one that cannot move. */
export async function insertJobs(server: Server, database: string, now: Date): Promise<Jobs> {
  const conninfo = 'host=db1 dbname=app user=batch';
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const first = (ahead: number): Date => new Date(Date.UTC(year, month + ahead, 1, 5, 10));
  const halfYear = first(6).getUTCMonth() + 1;

  const everyMinute = await insertJob(server, database, {
    name: 'every minute',
    description: 'kept in the record',
    schedules: [{ name: 'always', minutes: MINUTES }],
    steps: [
      { name: '1 - count', code: 'SELECT 1', conninfo },
      { name: '2 - shout', kind: 'b', code: 'echo hello', onError: 'i' },
    ],
  });
  const yearly = await insertJob(server, database, {
    name: 'once a year',
    schedules: [{ name: 'half a year on', minutes: [7], hours: [3], monthDays: [4], months: [halfYear] }],
    steps: [{ name: 'sweep', kind: 'b', code: '#!/bin/sh\ntrue' }],
  });
  const several = await insertJob(server, database, {
    name: 'several chains',
    schedules: [
      {
        name: 'first of the month',
        minutes: [10],
        hours: [5],
        monthDays: [1],
        exceptions: [{ date: first(1).toISOString().slice(0, 10) }],
      },
      { name: 'half a year on', minutes: [0, 20, 30], hours: [6, 7], monthDays: [9], months: [halfYear] },
    ],
    steps: [
      { name: 'a', code: 'SELECT 1', conninfo },
      { name: 'b', code: 'SELECT 2', conninfo, enabled: false },
      { name: 'c', code: 'SELECT 3', conninfo, onError: 's' },
    ],
  });
  const disabledBefore = await insertJob(server, database, {
    name: 'disabled before',
    enabled: false,
    schedules: [{ name: 'hourly', minutes: [0] }],
    steps: [{ name: 'never', kind: 'b', code: 'false' }],
  });
  const leftOut = await insertJob(server, database, {
    name: 'stays',
    schedules: [{ name: 'monthly', minutes: [1], hours: [1], monthDays: [2] }],
    steps: [{ name: 'elsewhere', code: 'SELECT 4', database: 'another' }],
  });
  return {
    handedOver: [everyMinute, yearly, several],
    nextRun: new Map([
      [everyMinute, null],
      [yearly, Date.UTC(first(6).getUTCFullYear(), halfYear - 1, 4, 3, 7)],
      // The first of the next month is the exception.
      [several, first(2).getTime()],
    ]),
    disabledBefore,
    leftOut,
  };
}
