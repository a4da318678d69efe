import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { unlessPosix } from '../posix.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-markdown-'));
let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

test('a comment of a dry run, the same in a file, and one of the run that hands the jobs over', async () => {
  const both = await Both.create(server, 'markdown');
  await both.insert({ name: 'nightly' });
  await both.insert({
    name: 'twice | `@all`',
    schedules: [
      { name: 'a', hours: [2], minutes: [0] },
      { name: 'b', hours: [2], minutes: [0, 30] },
    ],
  });
  await both.insert({ name: 'far', steps: [{ name: 'a', code: 'SELECT 1', database: 'elsewhere' }] });
  const markdown = ['--format', 'markdown'];

  const planned = await both.migrate('--dry-run', ...markdown);
  assert.equal(planned.code, 6, planned.stderr);
  assert.match(planned.stdout, /^## From pgAgent to pg_timetable: 3 jobs\n/);
  assert.match(planned.stdout, /^\| 1 \| 1 \| 1 \| 0 \|$/m);
  assert.match(
    planned.stdout,
    /^- Job 2 `` twice \| `@all` `` runs twice in shared minutes\. To change it: `--overlap exact` \(`overlapping-schedules`\)$/m,
  );
  assert.match(planned.stdout, /^- Job 3 `far`: names another database\. To change it: `--step-conninfo "/m);
  assert.match(planned.stdout, /^- \*\*warning\*\* `overlapping-schedules`: job 2 "twice `\|` "?`/m);
  assert.match(
    planned.stdout,
    /^\| 2 \| ``twice \\\| `@all` @ a`` \| `0 2 \* \* \*` \| At 02:00 every day \| /m,
  );
  assert.match(planned.stdout, /^Nothing was written\.$/m);
  assert.match(planned.stdout, /^A run would write 3 chains\.$/m);
  assert.match(planned.stderr, /^3 jobs: 1 unchanged, 1 to decide, 1 stays, 0 not scheduled$/m);

  const file = join(folder, 'comment.md');
  const saved = await both.migrate('--dry-run', ...markdown, '--output', file);
  assert.equal(saved.code, 6);
  assert.match(
    saved.stderr,
    /^ {2}job 2 .*runs twice in shared minutes -> --overlap exact/m,
    'with --output, too, the terminal says which job',
  );
  if (!unlessPosix) assert.equal(statSync(file).mode & 0o777, 0o600, 'texts of steps are for their owner');
  const instant = /Planned `[^`]+`/;
  assert.equal(readFileSync(file, 'utf8').replace(instant, ''), planned.stdout.replace(instant, ''));

  const moved = await both.migrate('--disable-source', '--wait', '0', ...markdown);
  assert.equal(moved.code, 6, moved.stderr);
  assert.match(moved.stdout, /^The chains are written\.$/m);
  assert.match(moved.stdout, /^- Cutover: 2 jobs disabled in pgAgent at /m);

  const again = await both.migrate('--dry-run', '--disable-source', ...markdown);
  assert.match(again.stdout, /^A run would change nothing\.$/m);
  await both.rows(`UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 2' WHERE jstjobid = 2`);
  await both.insert({ name: 'new' });
  for (const [words, work] of [
    [
      ['--on-conflict', 'replace'],
      'A run would write 3 chains (2 replace older ones) and disable 1 job in pgAgent.',
    ],
    [
      ['--on-conflict', 'error'],
      'Once nothing stops it, a run would write 1 chain and disable 1 job in pgAgent.',
    ],
  ] as const) {
    const { stdout } = await both.migrate('--dry-run', '--disable-source', ...words, ...markdown);
    assert.ok(stdout.includes(`\n${work}\n`), stdout);
  }
});

test('a comment names chains that go live beside the jobs that are disabled', async () => {
  const both = await Both.create(server, 'markdown_paused');
  await both.insert({ name: 'nightly' });
  assert.equal((await both.migrate('--paused')).code, 0);
  const comment = async (): Promise<string> =>
    (await both.migrate('--dry-run', '--disable-source', '--format', 'markdown')).stdout;
  assert.match(
    await comment(),
    /^A run would switch the chains of 1 job on or off and disable 1 job in pgAgent\.$/m,
  );
  const cutover = await both.migrate('--disable-source', '--wait', '0');
  assert.equal(cutover.code, 0, cutover.stderr);
  // Somebody enables the job again: its chains are live already.
  await both.rows('UPDATE pgagent.pga_job SET jobenabled = true');
  assert.match(await comment(), /^A run would disable 1 job in pgAgent\.$/m);
});
