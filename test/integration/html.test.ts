import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

test('a job of any host runs on each client that the plan names, and the page holds what its advisories mean', async () => {
  const both = await Both.create(server, 'clients');
  await both.insert({ name: 'on one', host: 'node1' });
  await both.insert({ name: 'on another', host: 'node2' });
  await both.insert({ name: 'anywhere' });
  const { code, stdout, stderr } = await both.migrate('--dry-run', '--format', 'html');
  assert.equal(code, 0, stderr);
  // Every day of four weeks at 02:00, and once more on the second client.
  assert.match(stdout, /Before: pgAgent <span class="total">84 runs</);
  assert.match(stdout, /After: pg_timetable <span class="total">112 runs</);
  assert.match(
    stdout,
    /each of the 2 clients runs them \(repeated\)\. To run them on one: --client-name =NAME</,
  );
  assert.match(stdout, /<a href="#job-3">Job 3 <bdi>anywhere<\/bdi><\/a>: 28 repeated\./);
  for (const name of ['any-host-several-clients', 'bound-to-client', 'sql-steps'])
    assert.match(
      stdout,
      new RegExp(`id="code-${name}"><summary><code>${name}</code></summary>\\n<p>Severity: `),
    );
});
