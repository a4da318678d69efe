import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';
import type { Forge } from './forge.ts';
import { GitHub } from './github.ts';
import { GitLab } from './gitlab.ts';

const secret = (): string => `s${randomBytes(12).toString('hex')}`;
const SECRETS = { PGPASSWORD: secret(), PGA2TIMETABLE_PLAN_KEY: secret() };
const STEP_PASSWORD = secret();
const WRONG = secret();

const HBA = 'local all all trust\nhost all migration 127.0.0.1/32 scram-sha-256\n';

const hasJq = spawnSync('jq', ['--version']).status === 0;
const skip = hasJq ? false : 'jq is not installed (Debian: apt-get install jq)';

const FORGES = { github: async () => new GitHub(), gitlab: () => GitLab.start() };

let server: Server;
let count = 0;
const forges: Forge[] = [];
before(async () => {
  server = await startServer('embedded', {}, HBA);
  await server.run('postgres', `CREATE ROLE migration SUPERUSER LOGIN PASSWORD '${SECRETS.PGPASSWORD}'`);
});
after(() => {
  server.stop();
  for (const forge of forges) {
    forge.stop();
    rmSync(forge.place.home, { recursive: true });
  }
});

interface Change {
  readonly both: Both;
  readonly forge: Forge;
}

/** A database with a job that moves, and a change that asks for the move of all jobs. */
async function changeOn(
  name: keyof typeof FORGES,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Change> {
  count += 1;
  const both = await Both.create(server, `ci${count}`);
  await both.insert({
    name: 'nightly',
    steps: [{ name: 'a', kind: 'b', code: `PGPASSWORD=${STEP_PASSWORD} psql -c 'SELECT 1'` }],
  });
  const forge = await FORGES[name]();
  forges.push(forge);
  forge.place.options = {
    source: `host=127.0.0.1 port=${server.port} user=migration dbname=${both.name}`,
    'disable-source': true,
    'without-client': true,
    wait: '0',
    ...options,
  };
  return { both, forge };
}

const chains = (both: Both): Promise<readonly { chain_name: string; live: boolean }[]> =>
  both.rows('SELECT chain_name, live FROM timetable.chain ORDER BY chain_name');

for (const name of ['github', 'gitlab'] as const) {
  describe(`the ${name} pipeline of docs/ci`, { concurrency: 2, skip: name === 'github' && skip }, () => {
    test('comments the plan on the change, keeps it, and applies it on the main branch', async () => {
      const { both, forge } = await changeOn(name);
      forge.comment('looks good');

      const first = await forge.plan(SECRETS);
      assert.equal(first.code, 0, first.output);
      await both.insert({ name: 'far', steps: [{ name: 'a', code: 'SELECT 1', database: 'elsewhere' }] });
      const second = await forge.plan(SECRETS);
      assert.equal(second.code, 0, second.output);
      assert.deepEqual(await chains(both), []);

      const [others, comment = '', ...more] = forge.comments();
      assert.equal(others, 'looks good');
      assert.deepEqual(more, [], 'one comment for all pushes');
      assert.match(comment, /^<!-- pga2timetable -->\n## From pgAgent to pg_timetable: 2 jobs\n/);
      assert.match(comment, /^A run would write 1 chain and disable 1 job in pgAgent\.$/m);
      assert.match(comment, /^\| 0 \| 1 \| 1 \| 0 \|$/m);
      assert.match(comment, /^- Job 2 `far`: names another database\./m);
      const { plannedAt } = JSON.parse(forge.artifact() ?? '') as { plannedAt: string };
      assert.ok(comment.includes(`Planned \`${plannedAt}\`.`), comment);

      const applied = await forge.apply(SECRETS);
      assert.equal(applied.code, 0, applied.output);
      assert.deepEqual(await chains(both), [{ chain_name: 'nightly @ nightly', live: true }]);
      assert.deepEqual(await both.rows('SELECT jobname FROM pgagent.pga_job WHERE jobenabled'), [
        { jobname: 'far' },
      ]);

      for (const text of [forge.place.called(), first.output, second.output, applied.output, comment])
        for (const hidden of [...Object.values(SECRETS), STEP_PASSWORD]) assert.ok(!text.includes(hidden));
    });

    for (const { code, why, options, sql } of [
      { code: 3, why: 'a refused plan', options: { strict: true }, sql: '' },
      {
        code: 4,
        why: 'a conflict',
        options: {},
        sql: `INSERT INTO timetable.chain (chain_name, run_at) VALUES ('nightly @ nightly', '1 1 1 1 1')`,
      },
    ])
      test(`comments ${why}, fails with ${code}, and applies nothing`, async () => {
        const { both, forge } = await changeOn(name, options);
        if (sql !== '') await both.rows(sql);
        const before = await both.snapshot();
        const planned = await forge.plan(SECRETS);
        assert.equal(planned.code, code, planned.output);
        const [comment = '', ...more] = forge.comments();
        assert.match(
          comment,
          new RegExp(`^<!-- pga2timetable -->\\n\\*\\*This plan cannot be applied \\(exit code ${code}\\)`),
        );
        assert.deepEqual(more, []);
        assert.match(planned.output, /A run would stop here/);
        assert.notEqual(forge.artifact(), null);
        const applied = await forge.apply(SECRETS);
        assert.equal(applied.code, 1, applied.output);
        assert.match(applied.output, /The last plan of the .+ request could not be applied\./);
        assert.deepEqual(await both.snapshot(), before);
      });

    for (const { code, why, options, secrets } of [
      {
        ...{
          code: 2,
          why: () => 'The options file pga2timetable.json has "no-such-option", which is no option.',
        },
        ...{ options: { 'no-such-option': true }, secrets: SECRETS },
      },
      {
        ...{
          code: 1,
          why: (database: string) =>
            `Cannot connect to the source (127.0.0.1:${server.port}, database "${database}", user "migration"): the password is wrong.`,
        },
        ...{ options: {}, secrets: { ...SECRETS, PGPASSWORD: WRONG } },
      },
    ])
      test(`fails with ${code} if there is no plan, and the error takes the place of the older comment`, async () => {
        const { both, forge } = await changeOn(name);
        assert.equal((await forge.plan(SECRETS)).code, 0);
        forge.place.options = { ...forge.place.options, ...options };
        const planned = await forge.plan(secrets);
        assert.equal(planned.code, code, planned.output);
        assert.deepEqual(forge.comments(), [
          `<!-- pga2timetable -->\n**There is no plan (exit code ${code}). The log of the job has more.**\n\n    pga2timetable: ${why(both.name)}\n`,
        ]);
        assert.ok(planned.output.includes(`${why(both.name)}\n`), planned.output);
        assert.equal(forge.artifact(), null);
        for (const hidden of [...Object.values(SECRETS), WRONG]) assert.ok(!planned.output.includes(hidden));
      });

    test('fails with the key missing, and makes no plan', async () => {
      const { forge } = await changeOn(name);
      const { PGPASSWORD } = SECRETS;
      assert.equal((await forge.plan({ PGPASSWORD })).code, 2);
      assert.equal(forge.artifact(), null);
    });

    test('applies no plan that no longer fits, or whose key is missing', async () => {
      const { both, forge } = await changeOn(name);
      assert.equal((await forge.plan(SECRETS)).code, 0);
      const { PGPASSWORD } = SECRETS;
      assert.equal((await forge.apply({ PGPASSWORD })).code, 2);
      await both.rows(`UPDATE pgagent.pga_jobstep SET jstcode = 'true'`);
      const applied = await forge.apply(SECRETS);
      assert.equal(applied.code, 4, applied.output);
      assert.deepEqual(await chains(both), []);
    });

    test('can apply a plan again', async () => {
      const { both, forge } = await changeOn(name);
      await forge.plan(SECRETS);
      assert.equal((await forge.apply(SECRETS)).code, 0);
      const again = await forge.apply(SECRETS);
      assert.equal(again.code, 0, again.output);
      assert.equal((await chains(both)).length, 1);
    });
  });
}

test('on GitHub the comment of a person is never replaced, even if it begins like that of the tool', {
  skip,
}, async () => {
  const { forge } = await changeOn('github');
  forge.comment('<!-- pga2timetable -->\nmine');
  assert.equal((await forge.plan(SECRETS)).code, 0);
  assert.equal(forge.comments()[0], '<!-- pga2timetable -->\nmine');
  assert.equal(forge.comments().length, 2);
});

test('the recipes use this version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  for (const name of ['github', 'gitlab'])
    assert.deepEqual(
      [
        ...readFileSync(`docs/ci/${name}.yml`, 'utf8').matchAll(/pga2timetable[-@](\d[\w.]*?)(?:\.tgz)?$/gm),
      ].map(([, found]) => found),
      [version, version],
    );
});
