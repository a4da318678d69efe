import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { planSchema } from '../../src/model/plan.ts';
import type { Check } from '../../src/model/preflight.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

async function about(place: Both): Promise<Check | undefined> {
  const { stdout } = await place.migrate('--dry-run', '--format', 'json');
  return planSchema.parse(JSON.parse(stdout)).preflight.find(({ check }) => check === 'deleted-jobs');
}

describe('a job that was deleted in pgAgent after its move', () => {
  for (const [name, enabled, status] of [
    ['enabled', true, 'warning'],
    ['disabled', false, 'note'],
  ] as const)
    test(`is a ${status} in every phase if it was ${name} and no chain is live`, async () => {
      const place = await Both.create(server, name);
      const id = await place.insert({ name: 'old', enabled });
      await place.insert({ name: 'nightly' });
      assert.equal((await place.migrate()).code, 0);
      await place.rows(
        `UPDATE timetable.chain SET live = false; DELETE FROM pgagent.pga_job WHERE jobid = ${id}`,
      );
      for (const phase of ['moved', 'cutting-over', 'cut-over', 'undoing']) {
        await place.rows(`UPDATE pga2timetable.job SET phase = '${phase}' WHERE job_id = ${id}`);
        assert.equal((await about(place))?.status, status, phase);
      }
    });

  test('and 20 others: what the preflight names lists them and removes them', async () => {
    const place = await Both.create(server, 'many');
    for (let number = 1; number <= 21; number += 1) await place.insert({ name: `job ${number}` });
    assert.equal((await place.migrate('--paused')).code, 0);
    await place.rows('DELETE FROM pgagent.pga_job');
    await place.insert({ name: 'new' });
    const remedy = (await about(place))?.remedy ?? '';
    assert.match(remedy, /: no --job\. /);
    assert.equal((await place.migrate('--paused', '--job', 'new')).code, 0);
    assert.doesNotMatch((await about(place))?.remedy ?? '', /: no --job/);
    const [, said = ''] = /prints "(.*)"/.exec(remedy) ?? [];
    assert.equal((await place.undo('--dry-run')).stdout.split(said).length - 1, 21);
    const named = remedy.slice(remedy.indexOf('--job 1 ')).split(' ');
    assert.equal((await place.undo(...named)).code, 0);
    assert.deepEqual(await place.rows('SELECT job_name AS name FROM pga2timetable.job ORDER BY 1'), [
      { name: 'job 21' },
      { name: 'new' },
    ]);
  });
});
