import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filled } from '../../src/model/varied.ts';
import { widthOf } from '../../src/report/width.ts';
import { jobsFromRows, plausibleJobs, type Truth } from '../pgagent/plausible-jobs.ts';
import { PlannedRun } from './plausible-plan.ts';

// What a group of thirty holds, so that a slip in the generator is no truth.
test('of thirty jobs 22 are unchanged (2 paused), 6 to decide, 1 stays and 1 is over', () => {
  assert.deepEqual(plausibleJobs(30).truth, {
    ...{ unchanged: 22, paused: 2, decide: 6, stay: 1, notScheduled: 1 },
    decisions: { 'overlapping-schedules': 4, 'shared-session': 2 },
  });
  assert.deepEqual(plausibleJobs(300, 7), plausibleJobs(300, 7), 'the same for the same seed');
  assert.notDeepEqual(plausibleJobs(300, 7).rows, plausibleJobs(300, 8).rows);
});

const runs = new Map<number, PlannedRun>();

/** Planned once: 3,000 jobs take seconds. */
function planned(count: number): PlannedRun {
  const run = runs.get(count) ?? new PlannedRun(jobsFromRows(plausibleJobs(count).rows));
  runs.set(count, run);
  return run;
}

const WORDS = {
  'overlapping-schedules': ['run twice in shared minutes', 'runs twice in shared minutes', '--overlap exact'],
  'shared-session': [
    'need one session for several steps',
    'needs one session for several steps',
    '--transaction JOB=joined',
  ],
} as const;

/** The lines of the last screen that give numbers. */
function expected({ decisions, ...counts }: Truth): readonly string[] {
  const { unchanged, paused, decide, stay, notScheduled } = counts;
  const jobs = unchanged + decide + stay + notScheduled;
  return [
    `${jobs} jobs: ${unchanged} unchanged${paused === 0 ? '' : ` (${paused} paused)`}, ${decide} to decide, ${stay} ${stay === 1 ? 'stays' : 'stay'}, ${notScheduled} not scheduled`,
    ...Object.entries(decisions)
      .filter(([, count]) => count > 0)
      .map(([code, count]) => {
        const [many, one, option] = WORDS[code as keyof typeof WORDS];
        return `  ${count} ${count === 1 ? `job ${one}` : `jobs ${many}`} -> ${option}`;
      }),
  ];
}

/** The last screen, each of its texts in one line. */
function lastScreenIn(stdout: readonly string[]): readonly string[] {
  const first = stdout.findLastIndex((line) => line.startsWith('pgAgent 4.2 in "postgres"'));
  const screen = stdout.slice(first);
  return screen.slice(0, screen.indexOf(''));
}

test('the plan of 300 jobs takes at most 120 lines of a terminal, and says the rest with --verbose', async () => {
  const run = planned(300);
  const { all } = await run.show({ width: 100, isScreen: true });
  assert.ok(all.length <= 120, `${all.length}`);
  for (const line of all) if (!/^(?:Next|Back)/.test(line)) assert.ok(widthOf(line) <= 100, line);
  const listed = (await run.show({ width: 100, isScreen: true, verbose: true })).all;
  assert.equal(listed.filter((line) => /^ {4}job \d+ .*, schedule \d+ "half-hourly"/.test(line)).length, 40);
});

test('after a migration stands what was written, what to watch and what comes next, and no advisory again', async () => {
  const run = planned(300);
  const shown = await run.show({ width: 100, isScreen: true, isWritten: true });
  assert.deepEqual(shown.all, shown.stdout);
  assert.ok(shown.all.length <= 30, `${shown.all.length}`);
  const text = shown.all.join('\n');
  const { chains, tasks } = run.tally.summary(true);
  assert.match(text, new RegExp(`^${chains} chains\\. They are in timetable\\.chain on the target\\.$`, 'm'));
  assert.match(text, new RegExp(`^Written: ${chains} chains with ${tasks} tasks$`, 'm'));
  assert.match(text, /^300 jobs: 220 unchanged \(20 paused\), 60 to watch, 10 stay, 10 not scheduled$/m);
  assert.match(text, /^The run as a whole\n {2}Jobs stay enabled[^\n]*\nWatch\n {2}40 jobs run twice/m);
  assert.match(text, /^Next: npx pga2timetable verify .*\nBack: npx pga2timetable undo /m);
  assert.doesNotMatch(text, /Skipped|Decide|^warning/m);
  const inPipe = await run.show({ width: 100, isScreen: false, isWritten: true });
  assert.equal(inPipe.stdout.filter((line) => /^\d+ {2,}\S/.test(line)).length >= chains, true);
  assert.ok(inPipe.stdout.includes('Skipped'));
  assert.deepEqual(inPipe.all, inPipe.stdout);
});

test('who asks for little, or for all, gets the errors, or all advisories, after a migration too', async () => {
  const run = planned(100);
  const codes = async (more: { quiet?: boolean; verbose?: boolean }): Promise<readonly string[]> => {
    const { all } = await run.show({ width: 100, isScreen: true, isWritten: true, ...more });
    return all.filter((line) => /^(?:error|warning|info) [a-z-]+$/.test(line));
  };
  assert.deepEqual(await codes({ quiet: true }), ['error step-needs-conninfo']);
  assert.ok((await codes({ verbose: true })).includes('info any-host'));
});

test('what a plan says of many jobs is made of the same words as what it says of one', () => {
  const { plans } = planned(300);
  const texts = plans.flatMap(({ advisories, skipped }) => [...advisories, ...skipped]);
  assert.ok(texts.some(({ template }) => template !== undefined));
  for (const { message, template = message, values = {} } of texts)
    assert.equal(
      filled(template, (name) => values[name]),
      message,
    );
});

for (const count of [10, 100, 300, 3_000]) {
  describe(`the plan of ${count} plausible jobs`, () => {
    const { truth } = plausibleJobs(count);
    const run = planned(count);

    test('has the counts and the decisions that are true', () => {
      const { decisions, ...counts } = truth;
      assert.deepEqual(run.tally.summary(false).groups, { ...counts, excluded: 0 });
      const found = Object.fromEntries(
        run.decisions.decisions.flatMap(({ code, jobs }) => (jobs === null ? [] : [[code, jobs]])),
      );
      assert.deepEqual(found, Object.fromEntries(Object.entries(decisions).filter(([, jobs]) => jobs > 0)));
      assert.equal(run.decisions.staying.length, truth.stay);
    });

    // A long table takes long to print, and says nothing more at another width.
    for (const width of [60, 80, 120, 200])
      for (const isScreen of count > 300 && width !== 120 ? [true] : [true, false])
        test(`ends with them ${isScreen ? 'on a terminal' : 'in a pipe'} of ${width} columns`, async () => {
          const { stdout } = await run.show({ width, isScreen });
          const screen = lastScreenIn(stdout);
          const text = screen.join('\n');
          const flat = text.replaceAll(/\n(?! )/g, ' ');
          for (const line of expected(truth)) {
            const [, start = '', option = ''] = /^( {2}\d+ jobs? ).*( -> .*)$/.exec(line) ?? [];
            // The counts fold. A decision too long for its line loses some of its words, and neither number nor option.
            const isThere =
              widthOf(line) > width && option !== ''
                ? screen.some((one) => one.startsWith(start) && one.endsWith(`...${option}`))
                : flat.includes(line);
            assert.ok(isThere, `${line}\n${text}`);
          }
          assert.match(text, /^ {2}Jobs stay enabled in pgAgent.* -> --disable-source/m);
          const stays = screen.filter((line) => line.startsWith('  job '));
          assert.equal(stays.length, Math.min(10, truth.stay));
          if (truth.stay > 10) assert.ok(text.includes(`  and ${truth.stay - 10} more: `));
          if (width >= 80) assert.ok(screen.length <= 30, text);
          const rows = stdout.filter((line) => /^\d+ {2,}\S/.test(line));
          const isListed = !isScreen || run.tally.summary(false).chains <= 40;
          assert.equal(rows.length > 0, isListed);
          if (isListed) assert.ok(rows.length >= run.tally.summary(false).chains);
        });
  });
}
