import type { Schedule } from '../../src/model/job.ts';
import { type Chosen, exception, schedule, span } from '../job-builders.ts';
import type { Defect } from './judge.ts';
import { type Period, period } from './replay.ts';

/** A schedule chosen by hand, with what pgAgent does. */
export interface Case {
  readonly name: string;
  readonly schedule: Schedule;
  readonly within: Period;
  readonly runMinutes?: number;
  /** The minutes, or how many. */
  readonly fired: readonly string[] | number;
  /** How many due minutes each defect costs; none: exactly the plain reading. */
  readonly defects?: Readonly<Partial<Record<Defect, number>>>;
}

export const NINE = { minutes: [0], hours: [9] } satisfies Chosen;
const NIGHT = [22, 23, 0, 1, 2];
const in2024 = period('2024-01-01T00:00Z', '2025-01-01T00:00Z');
const in2023And2024 = period('2023-01-01T00:00Z', '2025-01-01T00:00Z');
const oneDay = period('2024-05-01T00:00Z', '2024-05-02T00:00Z');
export const oneWeek = period('2024-05-01T00:00Z', '2024-05-08T00:00Z');
const tenMinutes = period('2024-05-01T12:00Z', '2024-05-01T12:10Z');
export const at = (time: string): number => Date.parse(`${time}Z`);

export const CASES: readonly Case[] = [
  {
    name: 'the 31st: once, then 31 February stops it',
    schedule: schedule({ ...NINE, monthDays: [31] }),
    within: in2024,
    fired: ['2024-01-31 09:00'],
    defects: { 'nonexistent-date': 6 },
  },
  {
    name: 'the 31st of the months that have one: never stuck',
    schedule: schedule({ ...NINE, monthDays: [31], months: [1, 3, 5, 7, 8, 10, 12] }),
    within: in2023And2024,
    fired: 14,
  },
  {
    name: 'the 31st of April never was: stuck at once',
    schedule: schedule({ ...NINE, monthDays: [31], months: [4] }),
    within: in2024,
    fired: [],
    defects: { 'nonexistent-date': 0 },
  },
  {
    name: 'the 29th, 30th and 31st in a leap year',
    schedule: schedule({ ...NINE, monthDays: [29, 30, 31] }),
    within: in2024,
    fired: 30,
  },
  {
    name: '29 February from 2023 to 2028: stuck at once',
    schedule: schedule({ ...NINE, monthDays: [29], months: [2] }),
    within: period('2023-01-01T00:00Z', '2029-01-01T00:00Z'),
    fired: [],
    defects: { 'nonexistent-date': 2 },
  },
  {
    name: '29 February from 2024 to 2028: once',
    schedule: schedule({ ...NINE, monthDays: [29], months: [2] }),
    within: period('2024-01-01T00:00Z', '2029-01-01T00:00Z'),
    fired: ['2024-02-29 09:00'],
    defects: { 'nonexistent-date': 1 },
  },
  {
    name: 'the last day alone, in a common year and a leap year',
    schedule: schedule({ ...NINE, lastDay: true }),
    within: in2023And2024,
    fired: 24,
  },
  {
    name: 'the last day of February, in a common year and a leap year',
    schedule: schedule({ ...NINE, lastDay: true, months: [2] }),
    within: in2023And2024,
    fired: ['2023-02-28 09:00', '2024-02-29 09:00'],
  },
  {
    name: 'the last day of February in 2100, which is no leap year',
    schedule: schedule({ ...NINE, lastDay: true, months: [2] }),
    within: period('2099-01-01T00:00Z', '2102-01-01T00:00Z'),
    fired: ['2099-02-28 09:00', '2100-02-28 09:00', '2101-02-28 09:00'],
  },
  {
    name: 'the last day beside the 15th: on the 15th only',
    schedule: schedule({ ...NINE, lastDay: true, monthDays: [15], months: [1, 2, 3] }),
    within: in2024,
    fired: ['2024-01-15 09:00', '2024-02-15 09:00', '2024-03-15 09:00'],
  },
  {
    name: 'the last day beside the 28th: on it in a common year only, as the 28th',
    schedule: schedule({ ...NINE, lastDay: true, monthDays: [28], months: [2] }),
    within: in2023And2024,
    fired: ['2023-02-28 09:00', '2024-02-28 09:00'],
  },
  {
    name: 'Friday the 13th',
    schedule: schedule({ ...NINE, weekdays: [5], monthDays: [13] }),
    within: in2023And2024,
    fired: ['2023-01-13 09:00', '2023-10-13 09:00', '2024-09-13 09:00', '2024-12-13 09:00'],
  },
  {
    name: 'nothing ticked: every second minute, from the second one on',
    schedule: schedule(),
    within: tenMinutes,
    fired: [1, 3, 5, 7, 9].map((minute) => `2024-05-01 12:0${minute}`),
    defects: { 'every-second-minute': 5 },
  },
  {
    name: 'nothing ticked, for a day: half of it',
    schedule: schedule(),
    within: oneDay,
    fired: 720,
    defects: { 'every-second-minute': 720 },
  },
  {
    name: 'nothing ticked, jobs of 7 minutes: the first minute after each is passed over',
    schedule: schedule(),
    within: period('2024-05-01T12:00Z', '2024-05-01T12:20Z'),
    runMinutes: 7,
    fired: ['2024-05-01 12:01', '2024-05-01 12:10', '2024-05-01 12:19'],
    defects: { 'every-second-minute': 3 },
  },
  {
    name: 'nothing ticked, and it opens later',
    schedule: schedule({}, { start: at('2024-05-01T12:04:20') }),
    within: tenMinutes,
    fired: ['2024-05-01 12:05', '2024-05-01 12:07', '2024-05-01 12:09'],
    defects: { 'every-second-minute': 3 },
  },
  {
    name: 'week days ticked, nothing else: every second minute',
    schedule: schedule({ weekdays: [3] }),
    within: oneWeek,
    fired: 720,
    defects: { 'every-second-minute': 720 },
  },
  ...[
    { name: 'all 60 minutes', chosen: { minutes: span(0, 59) } },
    { name: 'all 24 hours', chosen: { hours: span(0, 23) } },
    { name: 'all 12 months', chosen: { months: span(1, 12) } },
    { name: 'all 31 days', chosen: { monthDays: span(1, 31) } },
    { name: 'the present month', chosen: { months: [5] } },
  ].map(({ name, chosen }) => ({
    name: `${name} ticked, nothing else: every minute`,
    schedule: schedule(chosen),
    within: oneDay,
    fired: 1440,
  })),
  {
    name: 'everything ticked: every minute',
    schedule: schedule({
      minutes: span(0, 59),
      hours: span(0, 23),
      weekdays: span(0, 6),
      monthDays: span(1, 31),
      lastDay: true,
      months: span(1, 12),
    }),
    within: oneWeek,
    fired: 7 * 1440,
  },
  {
    name: 'exceptions of all forms',
    schedule: schedule(
      { minutes: [0, 30], hours: [9, 10] },
      {
        exceptions: [
          exception('2024-05-01', '09:30:00'),
          exception('2024-05-02', null),
          exception(null, '10:00:00'),
          exception(null, null),
        ],
      },
    ),
    within: period('2024-05-01T00:00Z', '2024-05-04T00:00Z'),
    fired: [
      '2024-05-01 09:00',
      '2024-05-01 10:30',
      '2024-05-03 09:00',
      '2024-05-03 09:30',
      '2024-05-03 10:30',
    ],
  },
  {
    name: 'an exception’s time with seconds takes nothing out',
    schedule: schedule(NINE, {
      exceptions: [exception(null, '09:00:30'), exception('2024-05-02', '09:00:00.5')],
    }),
    within: oneWeek,
    fired: 7,
  },
  {
    name: 'an exception that takes out every run: the search does not end',
    schedule: schedule(NINE, { exceptions: [exception(null, '09:00:00')] }),
    within: oneWeek,
    fired: [],
    defects: { 'endless-search': 0 },
  },
  {
    name: 'an exception that takes out every run, with an end: it is over',
    schedule: schedule(NINE, { exceptions: [exception(null, '09:00:00')], end: at('2030-01-01T00:00') }),
    within: oneWeek,
    fired: [],
  },
  {
    name: 'a window whose ends have seconds: the minute of its start and the minute of its end are in it',
    schedule: schedule(
      { minutes: [0], hours: [9, 10, 11] },
      { start: at('2024-05-02T10:00:30'), end: at('2024-05-03T10:00:30') },
    ),
    within: oneWeek,
    fired: ['2024-05-02 10:00', '2024-05-02 11:00', '2024-05-03 09:00', '2024-05-03 10:00'],
  },
  {
    name: 'a window of no length on the minute',
    schedule: schedule(NINE, { start: at('2024-05-02T09:00'), end: at('2024-05-02T09:00') }),
    within: oneWeek,
    fired: ['2024-05-02 09:00'],
  },
  {
    name: 'a window that ends a second before the minute',
    schedule: schedule(NINE, { end: at('2024-05-02T08:59:59') }),
    within: oneWeek,
    fired: ['2024-05-01 09:00'],
  },
  {
    name: 'a window that ends before it begins',
    schedule: schedule(NINE, { start: at('2024-05-03T00:00'), end: at('2024-05-02T00:00') }),
    within: oneWeek,
    fired: [],
  },
  {
    name: 'a window from -infinity to infinity',
    schedule: schedule(NINE, { start: -Infinity, end: Infinity }),
    within: oneWeek,
    fired: 7,
  },
  {
    name: 'hours across midnight',
    schedule: schedule({ minutes: [0, 20, 59], hours: NIGHT }),
    within: in2023And2024,
    fired: (365 + 366) * 15,
  },
  {
    name: 'hours across midnight on Fridays: both ends of the day',
    schedule: schedule({ minutes: [0, 59], hours: NIGHT, weekdays: [5] }),
    within: oneWeek,
    fired: ['00:00', '00:59', '01:00', '01:59', '02:00', '02:59', '22:00', '22:59', '23:00', '23:59'].map(
      (time) => `2024-05-03 ${time}`,
    ),
  },
  {
    name: 'it opens in an earlier hour: the minutes of its first hour below that of the opening are passed over',
    schedule: schedule({ minutes: [0, 40, 50], hours: [9] }, { start: at('2024-05-02T08:45:10') }),
    within: period('2024-05-01T00:00Z', '2024-05-04T00:00Z'),
    fired: ['2024-05-02 09:50', '2024-05-03 09:00', '2024-05-03 09:40', '2024-05-03 09:50'],
    defects: { 'minute-search': 2 },
  },
  {
    name: 'computed in an earlier hour, as behind a run of the job’s other schedule: the same',
    schedule: schedule({ minutes: [0, 50], hours: [9] }),
    within: period('2024-05-01T08:46Z', '2024-05-03T00:00Z'),
    fired: ['2024-05-01 09:50', '2024-05-02 09:00', '2024-05-02 09:50'],
    defects: { 'minute-search': 1 },
  },
  {
    name: 'it opens after the last minute of an hour: nothing is passed over',
    schedule: schedule({ minutes: [0, 40], hours: [9] }, { start: at('2024-05-02T08:45:10') }),
    within: period('2024-05-01T00:00Z', '2024-05-03T00:00Z'),
    fired: ['2024-05-02 09:00', '2024-05-02 09:40'],
  },
  {
    name: 'it opens on a wrong week day: the minute is kept until the right one',
    schedule: schedule(
      { minutes: [12, 17], hours: [8, 14], weekdays: [2] },
      { start: at('2024-05-03T14:13') },
    ),
    within: period('2024-05-01T00:00Z', '2024-05-08T00:00Z'),
    fired: ['2024-05-07 08:17', '2024-05-07 14:12', '2024-05-07 14:17'],
    defects: { 'minute-search': 1 },
  },
  {
    name: 'jobs of 70 minutes that end at 03:10: 09:00 is passed over',
    schedule: schedule({ minutes: [0, 30], hours: [2, 9] }),
    within: period('2024-05-01T00:00Z', '2024-05-03T00:00Z'),
    runMinutes: 70,
    fired: ['2024-05-01 02:00', '2024-05-01 09:30', '2024-05-02 02:00', '2024-05-02 09:30'],
    defects: { 'minute-search': 2 },
  },
  {
    name: 'jobs of 70 minutes in one minute of each hour: every second hour, nothing else passed over',
    schedule: schedule({ minutes: [15] }),
    within: oneDay,
    runMinutes: 70,
    fired: 12,
  },
];
