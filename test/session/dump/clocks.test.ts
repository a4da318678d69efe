import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDumpClocks } from '../../../src/session/dump/clocks.ts';
import type { DumpSettings } from '../../../src/session/settings.ts';

const NOW = Date.UTC(2026, 3, 16);
const clocks = (sourceTimeZone: string): ReturnType<typeof readDumpClocks> =>
  readDumpClocks({ sourceTimeZone } as DumpSettings, null, NOW);

// The hours of a POSIX specification count west of UTC, as do those of Etc/GMT.
for (const [name, hours, same] of [
  ['GMT+3', '3 hours west', 'Etc/GMT+3'],
  ['gmt3', '3 hours west', 'Etc/GMT+3'],
  ['UTC-1', '1 hour east', 'Etc/GMT-1'],
  ['<+03>-03', '3 hours east', 'Etc/GMT-3'],
  ['BRT+03:00', '3 hours west', 'Etc/GMT+3'],
  ['NZST-14', '14 hours east', 'Etc/GMT-14'],
] as const)
  test(`the POSIX zone ${name} of a server leads to the name of the same zone`, async () => {
    await assert.rejects(clocks(name), {
      code: 'usage',
      message: /: only a server can read this time zone\.$/,
      remedy: `PostgreSQL reads ${name} as ${hours} of UTC. Use its name: --source-time-zone ${same}`,
    });
    const west = Number(/\d+/.exec(hours)?.[0]) * (hours.endsWith('west') ? 1 : -1);
    const { source } = await clocks(same);
    assert.deepEqual(source?.offsets, [{ from: -Infinity, seconds: -west * 3_600 }]);
  });

for (const name of ['nowhere', 'Europe/Berlin2', 'GMT+13', 'EST+5:30', 'EST5EDT,M3.2.0,M11.1.0'])
  test(`${name} leads to the list of names`, async () => {
    await assert.rejects(clocks(name), {
      remedy:
        'Names stand in pg_timezone_names: Europe/Berlin, UTC. Only a server can read POSIX zones: IST-5:30.',
    });
  });
