import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pga2timetable } from '../cli/run.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

describe('a role that is allowed few sessions', () => {
  let server: Server;
  let here: Both;
  let there: Both;
  before(async () => {
    server = await startServer('embedded');
    await server.run('postgres', 'CREATE ROLE mover LOGIN');
    here = await Both.create(server, 'here');
    there = await Both.create(server, 'there');
    // Each has a look by the preflight.
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await server.createDatabase(name);
    for (const place of [here, there])
      await server.run(
        place.name,
        `GRANT CREATE ON DATABASE ${place.name} TO mover; GRANT USAGE ON SCHEMA pgagent, timetable TO mover;
         GRANT ALL ON ALL TABLES IN SCHEMA pgagent, timetable TO mover;
         GRANT ALL ON ALL SEQUENCES IN SCHEMA timetable TO mover;
         CREATE TABLE public.seen (idle text); GRANT ALL ON public.seen TO mover;
         CREATE FUNCTION public.note_idle() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           INSERT INTO public.seen VALUES (current_setting('idle_in_transaction_session_timeout'));
           RETURN NULL;
         END $$;
         CREATE TRIGGER note_idle AFTER UPDATE ON pgagent.pga_job EXECUTE FUNCTION public.note_idle()`,
      );
    await here.insert({ name: 'nightly', steps: [{ name: 'a', kind: 'b', code: 'true' }] });
  });
  after(() => server.stop());

  const run = (args: readonly string[], target: Both) =>
    pga2timetable([...args, '-s', server.uri('here', 'mover'), '-t', server.uri(target.name, 'mover')]);
  const cutOver = ['--disable-source', '--without-client', '--format', 'json'];

  for (const databases of [1, 2]) {
    test(`${databases} databases: 3 are enough for a cutover, for verify and for the way back; a transaction that locks jobs may idle for a minute`, async () => {
      await server.run('postgres', 'ALTER ROLE mover CONNECTION LIMIT 3');
      const target = databases === 1 ? here : there;
      const moved = await run(cutOver, target);
      assert.equal(moved.code, 0, moved.stderr);
      const { preflight } = JSON.parse(moved.stdout) as { preflight: { check: string; message: string }[] };
      const others = preflight.filter(({ check }) => check === 'other-pgagents');
      assert.ok(others.length > 0 && others.every(({ message }) => !message.includes('could not look')));
      assert.equal(await here.value('SELECT jobenabled FROM pgagent.pga_job'), false);
      const proved = await run(['verify'], target);
      // No client is connected that would run the chains.
      assert.equal(proved.code, 5, proved.stderr);
      assert.match(proved.stdout, /0 different|no .*client/i);
      const undone = await run(['undo'], target);
      assert.equal(undone.code, 0, undone.stderr);
      assert.equal(await here.value('SELECT jobenabled FROM pgagent.pga_job'), true);
      // The cutover and the undo, each of which changes the job.
      assert.deepEqual(await here.rows('DELETE FROM public.seen RETURNING idle'), [
        { idle: '1min' },
        { idle: '1min' },
      ]);
    });

    test(`${databases} databases: 2 are too few, and the preflight says so before anything is written`, async () => {
      await server.run('postgres', 'ALTER ROLE mover CONNECTION LIMIT 2');
      const target = databases === 1 ? here : there;
      for (const args of [['--dry-run'], [], cutOver]) {
        const { code, stderr } = await run(args, target);
        assert.equal(code, 3, stderr);
        assert.match(
          stderr.replaceAll(/\s+/g, ' '),
          /migrate and undo open up to 3 connections to the source's server, which has room for 2 \(the connection limit of "mover" is 2, 0 in use\)\./,
        );
      }
      assert.equal(await target.value('SELECT count(*)::int FROM timetable.chain'), 0);
    });
  }
});
