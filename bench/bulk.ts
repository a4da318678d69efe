import { COMMANDS, type Command, runCommand } from './commands.ts';
import type { Figure } from './figures.ts';
import type { Ran } from './run-tool.ts';
import type { Stages, State } from './stage.ts';

/** What is asked for on the command line. */
export interface Wanted {
  readonly jobs: number;
  readonly pairs: number;
  /** Whether the command of this key is to run. */
  readonly has: (key: string) => boolean;
  readonly say: (text: string) => void;
}

interface Pair {
  readonly floor: Ran;
  readonly ran: Ran;
}

/** Measures every wanted command, each right after its floor, in turn. */
export async function measureBulk(stages: Stages, wanted: Wanted): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const kind of ['same', 'distinct', 'parsed'] as const) {
    const commands = COMMANDS[kind].filter(({ key }) => wanted.has(key));
    if (commands.length === 0) continue;
    wanted.say(`${wanted.jobs} jobs (${kind})`);
    const stage = await stages.get({ jobs: wanted.jobs, kind });
    const pairs = new Map(commands.map((command) => [command, [] as Pair[]]));
    let state: State | 'used' = 'used';
    for (let pair = 1; pair <= wanted.pairs; pair += 1) {
      for (const command of commands) {
        wanted.say(`pair ${pair} of ${wanted.pairs}: ${command.name}`);
        if (state !== command.from) await stage.put(command.from);
        const floor = await stage.runFloor();
        pairs.get(command)?.push({ floor, ran: await runCommand(stage, command) });
        state = command.leaves;
      }
    }
    const floors = [...pairs.values()].flat().map(({ floor }) => floor.milliseconds);
    figures.push({ name: `floor (${kind})`, unit: 'ms', values: floors });
    for (const [command, ran] of pairs) figures.push(...figuresOf(command, ran));
  }
  return figures;
}

function figuresOf({ name, args, goal, memory }: Command, pairs: readonly Pair[]): readonly Figure[] {
  const values = pairs.map(({ ran }) => ran.milliseconds);
  const ratios = pairs.map(({ floor, ran }) => ran.milliseconds / floor.milliseconds);
  const judged = goal === undefined ? {} : { goal };
  const time: Figure = { name, unit: 'ms', values, ratios, of: 'floor', ...judged };
  if (args === null) return [time];
  const peaks = pairs.map(({ ran }) => ran.mebibytes);
  return [time, { name: '  its peak memory', unit: 'MiB', values: peaks, goal: memory }];
}
