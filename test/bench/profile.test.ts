import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { timeOfFiles } from '../../bench/profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-profile-'));
after(() => rmSync(folder, { recursive: true }));

test('the time of a function belongs to the file whose name stands above it in the bundle', () => {
  const bundle = join(folder, 'bundle.js');
  writeFileSync(
    bundle,
    [
      'first();',
      '// src/model/zone.ts',
      'function zone() {}',
      '// ../main/node_modules/@x/y/lib/a.js',
      'var b;',
    ].join('\n'),
  );
  const at = (id: number, lineNumber: number, url = pathToFileURL(bundle).href) => ({
    id,
    callFrame: { functionName: '(idle)', url, lineNumber },
  });
  const times = timeOfFiles({
    nodes: [at(1, 0), at(2, 1), at(3, 2), at(4, 3), at(5, 4), at(6, -1, ''), at(7, 9, 'node:fs')],
    samples: [1, 2, 3, 4, 5, 6, 7, 3],
    timeDeltas: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 500],
  });
  assert.deepEqual(Object.fromEntries(times), {
    start: 1,
    'src/model/zone.ts': 6.5,
    '@x/y': 24,
    '(idle)': 32,
    node: 64,
  });
});
