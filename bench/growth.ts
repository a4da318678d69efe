import type { Wanted } from './bulk.ts';
import type { Figure } from './figures.ts';
import { runTool } from './run-tool.ts';
import type { Stage, Stages } from './stage.ts';

const TIMES = 10;

/** Measures a migration of ten times as many jobs, each right after one of as many as wanted. */
export async function measureGrowth(stages: Stages, wanted: Wanted): Promise<readonly Figure[]> {
  const sizes = [wanted.jobs, wanted.jobs * TIMES];
  const sized: Stage[] = [];
  for (const jobs of sizes) {
    wanted.say(`growth: ${jobs} jobs`);
    sized.push(await stages.get({ jobs, kind: 'same' }));
  }
  const runs = sized.map((stage) => ({ stage, milliseconds: [] as number[], mebibytes: [] as number[] }));
  for (let pair = 1; pair <= wanted.pairs; pair += 1) {
    for (const { stage, milliseconds, mebibytes } of runs) {
      wanted.say(`growth: pair ${pair} of ${wanted.pairs}`);
      await stage.put('fresh');
      const ran = await runTool(['--source', stage.conninfo]);
      await stage.assertWritten();
      milliseconds.push(ran.milliseconds);
      mebibytes.push(ran.mebibytes);
    }
  }
  const [few, many] = runs;
  if (few === undefined || many === undefined) return [];
  return [
    {
      name: `migrate, ${sizes[1]} jobs`,
      unit: 'ms',
      values: many.milliseconds,
      ratios: many.milliseconds.map((time, pair) => time / (few.milliseconds[pair] ?? Number.NaN)),
      of: `${sizes[0]} jobs`,
      goal: { reach: 1.1 * TIMES, stretch: 1.03 * TIMES },
    },
    { name: '  its peak memory', unit: 'MiB', values: many.mebibytes, goal: { reach: 130, stretch: 100 } },
  ];
}
