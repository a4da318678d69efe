import type { Schedule, Ticks, Timing } from '../../model/job.ts';
import { Remembered } from '../../model/remembered.ts';
import { remembering } from '../../model/remembering.ts';

/** Some thousand schedules: few sources have more that differ. A key is 150 characters, and more with exceptions. */
const KNOWN = new Remembered<Timing>(500_000);

/**
 * What decides when a schedule fires, without its id and name: the same object for all schedules that fire alike, so that what was
 * worked out for one is remembered for all.
 */
export const timingOf = remembering(
  ({ minutes, hours, weekdays, monthDays, months, enabled, start, end, exceptions }: Schedule): Timing => {
    const timing = { minutes, hours, weekdays, monthDays, months, enabled, start, end, exceptions };
    return KNOWN.of(keyOf(timing), () => timing);
  },
);

const ARRAYS = ['minutes', 'hours', 'weekdays', 'monthDays', 'months'] as const satisfies (keyof Ticks)[];

function keyOf(timing: Timing): string {
  const { enabled, start, end, exceptions } = timing;
  const ticks = ARRAYS.map((array) => bits(timing[array])).join();
  const excepted = exceptions.map(({ date, time }) => JSON.stringify([date, time])).join();
  return `${ticks} ${enabled} ${start} ${end} ${excepted}`;
}

const bits = remembering((elements: readonly boolean[]): string => {
  let text = '';
  for (const isTicked of elements) text += isTicked ? '1' : '0';
  return text;
});
