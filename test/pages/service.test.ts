import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { onPath } from '../engine/engine.ts';

const PAGE = readFileSync('docs/service.md', 'utf8');
const SECOND = 10;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-service-'));
after(() => rmSync(folder, { recursive: true }));

/** A block of the page. */
function block(language: string): string {
  return (
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(PAGE)?.[1] ?? assert.fail(language)
  );
}

/** For how long a script waits at each second of a minute: `date` and `sleep` are played, in one shell. */
function waits(script: string): readonly number[] {
  const played = `date() { echo $((1700000040 + second)); }; sleep() { echo $1; }\nfor second in $(seq 0 59); do\n${script}\ndone`;
  const { stdout, stderr } = spawnSync('sh', ['-c', played], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.trim().split('\n').map(Number);
}

for (const [what, script] of [
  [
    'the unit',
    () =>
      /^ExecStartPre=\/bin\/sh -c 'exec (.*)'$/m
        .exec(block('ini'))?.[1]
        ?.replaceAll('$$', '$')
        .replaceAll('%%', '%'),
  ],
  ['the script without systemd', () => /^#!\/bin\/sh\n(sleep .*)\nexec /m.exec(PAGE)?.[1]],
  [
    'the container',
    () =>
      (JSON.parse(/^ENTRYPOINT (.*)$/m.exec(block('dockerfile'))?.[1] ?? '[]')[2] as string).split(
        '; exec',
      )[0],
  ],
] as const)
  test(`docs/service.md: ${what} waits for second ${SECOND}, whenever it is started, and never for none`, () => {
    const found = waits(script() ?? assert.fail());
    assert.equal(found.length, 60);
    for (const [second, wait] of found.entries()) {
      assert.equal((second + wait) % 60, SECOND, `at second ${second}`);
      assert.ok(wait >= 1 && wait <= 60, `at second ${second}: ${wait}`);
    }
  });

test('docs/service.md: systemd takes the unit', {
  skip: onPath('systemd-analyze') === null && 'no systemd-analyze here',
}, () => {
  const file = join(folder, 'pg_timetable.service');
  // It looks whether the program is there.
  writeFileSync(file, block('ini').replace('/usr/local/bin/pg_timetable', '/bin/true'));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
});
