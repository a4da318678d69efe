import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Cutover } from '../../src/model/plan.ts';
import { findEngine } from '../engine/engine.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { type RelayStory, relay } from './live-relay.ts';
import { type Exchange, type ExchangeStory, exchange } from './live-replace.ts';
import {
  cutoverIn,
  dueMinutesOf,
  live,
  MINUTE,
  minuteOf,
  type Scenario,
  type Story,
  type Times,
} from './live-run.ts';

const engine = findEngine();
/** Tick seconds; LIVE_SECONDS=0.5,58.5 tries others. */
const SECONDS = (process.env.LIVE_SECONDS ?? '5,30,55').split(',').map(Number);
const SCENARIOS: readonly Scenario[] = (['one', 'two'] as const).flatMap((databases) => [
  ...SECONDS.flatMap((second) =>
    (['each minute', 'with a quiet minute'] as const).map((due) => ({ second, databases, due })),
  ),
  { second: 5, databases, due: 'each minute', disturbed: 'slow to disable' },
  ...(['commit held', 'undo held', 'client stopped'] as const).map(
    (disturbed): Scenario => ({ second: 30, databases, due: 'each minute', disturbed }),
  ),
  databases === 'one'
    ? { second: 30, databases, due: 'each minute', disturbed: 'commit slow inside' }
    : { second: 30, databases, due: 'each minute', disturbed: 'last commit held' },
  { second: 30, databases, due: 'each minute', disturbed: 'two clients' },
]);
const EXCHANGES: readonly Exchange[] = [false, true].flatMap((isHeld) => [
  { from: 10, to: 40, isHeld },
  { from: 40, to: 10, isHeld },
]);
/** Whole minutes from the first to the one in which the jobs are taken back; more let pg_timetable run more of them. */
const MINUTES = Number(process.env.LIVE_MINUTES ?? '2');

// All at once: they wait for the clock, and for little else.
describe(`the real pgAgent and pg_timetable ${engine.name} at work`, () => {
  let server: Server;
  let times: Times;
  let stories: readonly Promise<Story>[];
  let exchanges: readonly Promise<ExchangeStory>[];
  let relayed: Promise<RelayStory>;

  before(async () => {
    server = await startServer('debian-15', { max_connections: '400' });
    process.setMaxListeners(0);
    const first = Math.ceil((Date.now() + 15_000) / MINUTE) * MINUTE;
    times = { first, undo: first + MINUTES * MINUTE + 2_000, end: first + (MINUTES + 1) * MINUTE + 25_000 };
    stories = SCENARIOS.map((scenario, index) => live(server, engine, `live${index}`, scenario, times));
    exchanges = EXCHANGES.map((one, index) => exchange(server, engine, `exchange${index}`, one, times));
    relayed = relay(server, engine, 'relay', times);
    // Each is looked at by its own test.
    await Promise.allSettled([...stories, ...exchanges, relayed]);
  });
  after(() => server.stop());
  let pairs = 0;

  for (const [index, { from, to, isHeld }] of EXCHANGES.entries()) {
    test(`live chains of a client that ticks at second ${from}, exchanged for those of one at ${to}${isHeld ? ', the commit held' : ''}: each due minute runs once`, async () => {
      const story = await exchanges[index];
      assert.ok(story);
      assert.equal(story.moved.code, 0, story.moved.stderr);
      assert.equal(story.replaced.code, 0, story.replaced.stderr);
      assert.equal(story.replacement().jobs, 2);
      assert.deepEqual(story.replacement().unsure, []);
      assert.deepEqual(
        story.runs.filter(({ runs }) => runs !== 1),
        [],
        `${JSON.stringify(story.runs)} ${story.replacement().at}`,
      );
      pairs += story.runs.length;
    });
  }

  for (const [index, scenario] of SCENARIOS.entries()) {
    const { second, databases, due, disturbed = 'nothing in the way' } = scenario;
    test(`${databases} database(s), a tick at second ${second}, jobs due ${due}, ${disturbed}: each due minute runs once, or is named`, async (t) => {
      const story = await stories[index];
      assert.ok(story);
      if (process.env.LIVE_FIGURES !== undefined) t.diagnostic(figures(scenario, story, times));
      assert.equal(story.migrate.code, 0, story.migrate.stderr);
      assert.equal(story.undo.code, 0, story.undo.stderr);
      if (disturbed.endsWith('held')) assert.notEqual(story.heldUntil, null, 'no commit was held');
      if (disturbed === 'two clients') {
        assert.equal(story.refused?.code, 3, story.refused?.stderr);
        assert.match(story.refused?.stderr ?? '', /--client-name =NAME/);
      }
      assert.deepEqual(problems(scenario, story, times), []);
      assertStatement(scenario, story);
      pairs += dueRuns(scenario, story, times).length;
    });
  }

  test('chains that follow each other without a pause stop first, run to their end, and the jobs go back', async () => {
    const story = await relayed;
    assert.equal(story.moved.code, 0, story.moved.stderr);
    assert.equal(story.undo.code, 0, story.undo.stderr);
    assert.deepEqual(story.said().missed, []);
    assert.equal(story.cutOff, 0);
    // Each ran in the minute of the undo; the next minute is pgAgent's.
    const [asked, next] = [times.first + MINUTE, times.first + 2 * MINUTE];
    assert.deepEqual(
      story.runs.filter(({ minute }) => minute >= asked).map(({ job, minute }) => [job, minute]),
      [
        ['first', asked],
        ['second', asked],
      ],
    );
    for (const { nextRun } of story.said().jobs) assert.equal(Date.parse(String(nextRun)), next);
  });

  test('that was held against both logs for at least 100 pairs of job and due minute', (t) => {
    t.diagnostic(`${pairs} pairs of job and due minute compared`);
    assert.ok(pairs >= 100, String(pairs));
  });
});

interface DueRun {
  readonly job: string;
  readonly minute: number;
  readonly pgAgent: number;
  readonly pgTimetable: number;
  /** What the tool said of it: run once, not run, or not known. */
  readonly said: 'once' | 'missed' | 'perhaps missed' | 'perhaps twice';
}

/** Each due minute of the watched time, and who ran it how often. */
function dueRuns(scenario: Scenario, story: Story, { first, end }: Times): readonly DueRun[] {
  const named = namedMinutes(story);
  return Object.entries(dueMinutesOf(scenario, { first, end, undo: 0 })).flatMap(([job, minutes]) => {
    const id = story.jobIds.get(job);
    const found: DueRun[] = [];
    for (let minute = first; minute < end; minute += MINUTE) {
      if (!minutes.includes(new Date(minute).getUTCMinutes())) continue;
      const mine = story.runs.filter((run) => run.job === job && minuteOf(run, scenario) === minute);
      found.push({
        job,
        minute,
        pgAgent: mine.filter(({ by }) => by === 'pgAgent').length,
        pgTimetable: mine.filter(({ by }) => by === 'pg_timetable').length,
        said: named.get(`${minute} ${id}`) ?? 'once',
      });
    }
    return found;
  });
}

/** What the tool said of the minutes that it named, by minute and job. */
function namedMinutes(story: Story): ReadonlyMap<string, DueRun['said']> {
  const { missed } = JSON.parse(story.undo.stdout) as Pick<Cutover, 'missed'>;
  const cutover = cutoverIn(story);
  return new Map([
    ...[...cutover.missed, ...missed].flatMap(({ minute, jobIds, isCertain }) =>
      jobIds.map((id) => [`${Date.parse(minute)} ${id}`, isCertain ? 'missed' : 'perhaps missed'] as const),
    ),
    ...cutover.perhapsTwice.flatMap(({ minute, jobIds }) =>
      jobIds.map((id) => [`${Date.parse(minute)} ${id}`, 'perhaps twice'] as const),
    ),
  ]);
}

function isAsSaid({ pgAgent, pgTimetable, said }: DueRun): boolean {
  const runs = pgAgent + pgTimetable;
  if (said === 'perhaps twice') return runs === 1 || runs === 2;
  return said === 'perhaps missed' ? runs <= 1 : runs === (said === 'missed' ? 0 : 1);
}

function problems(scenario: Scenario, story: Story, times: Times): readonly string[] {
  const due = dueRuns(scenario, story, times);
  const notDue = story.runs.filter(
    (run) =>
      run.at >= times.first &&
      !due.some(({ job, minute }) => job === run.job && minute === minuteOf(run, scenario)),
  );
  return [
    ...due
      .filter((run) => !isAsSaid(run))
      .map(
        ({ job, minute, pgAgent, pgTimetable, said }) =>
          `"${job}" at ${clock(minute)}: ${pgAgent} by pgAgent, ${pgTimetable} by pg_timetable; said: ${said}`,
      ),
    ...notDue.map(({ job, at, by }) => `"${job}" at ${clock(at)} by ${by}: not due`),
  ];
}

/** The tool's own words about the moment, held against what was run when. */
function assertStatement(scenario: Scenario, story: Story): void {
  const { jobs, disabledAt, liveAt, moment } = cutoverIn(story);
  const [disabled, livened] = [Date.parse(disabledAt), Date.parse(liveAt)];
  const minute = Math.floor(disabled / MINUTE) * MINUTE;
  assert.equal(jobs, story.jobIds.size);
  assert.ok(disabled <= livened, `${disabledAt} is behind ${liveAt}`);
  const before = story.runs.filter(({ at }) => at <= livened);
  const begun = story.runs.filter(({ by }) => by === 'pg_timetable').map(({ at }) => at);
  assert.ok(before.every(({ by }) => by === 'pgAgent'));
  // The first chain is begun at the first tick at which one is due.
  assert.ok(Math.min(...begun) > livened);
  const ran = story.runs.filter((run) => minuteOf(run, scenario) === minute);
  if (moment === 'quiet-minute') assert.deepEqual(ran, []);
  else assert.ok(ran.length > 0 && ran.every(({ by, at }) => by === 'pgAgent' && at < disabled), moment);
  if (scenario.due === 'with a quiet minute') assert.equal(moment, 'quiet-minute');
  else assert.ok(['both-ran', 'split'].includes(moment), moment);
}

function figures(scenario: Scenario, story: Story, times: Times): string {
  if (story.migrate.code !== 0) return story.migrate.stderr;
  const { disabledAt, liveAt, moment, missed } = cutoverIn(story);
  const said = `${moment}, disabled ${disabledAt}, live ${liveAt}, missed ${JSON.stringify(missed)}`;
  if (story.undo.code !== 0) return `${said}; undo: ${story.undo.stderr}`;
  const due = dueRuns(scenario, story, times);
  const sum = (of: (run: DueRun) => number): number => due.reduce((total, run) => total + of(run), 0);
  const again = Math.min(
    ...story.runs.filter(({ by, at }) => by === 'pgAgent' && at > Date.parse(liveAt)).map(({ at }) => at),
  );
  return `${scenario.databases}/${scenario.second}/${scenario.due}${scenario.disturbed ? `/${scenario.disturbed}` : ''}: ${due.length} due minutes, ${sum(({ pgAgent }) => pgAgent)} runs by pgAgent, ${sum(({ pgTimetable }) => pgTimetable)} by pg_timetable, ${due.filter((run) => run.pgAgent + run.pgTimetable === 0).length} missed, ${due.filter((run) => run.pgAgent + run.pgTimetable > 1).length} doubled; ${said}; undo missed ${JSON.stringify(JSON.parse(story.undo.stdout).missed)}, pgAgent again ${clock(again)}`;
}

function clock(instant: number): string {
  return Number.isFinite(instant) ? new Date(instant).toISOString().slice(11, 23) : 'never';
}
