import { after, before, type TestContext, test } from 'node:test';
import { FaultLine, type When } from '../servers/fault-proxy.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Matrix, type Scenario } from './matrix.ts';
import { Place } from './place.ts';
import { WaitingProcesses } from './run-tool.ts';
import { awaitRest, Side } from './snapshot.ts';
import { Tally } from './tally.ts';
import { BOTH, CUTOVER, PATIENTLY } from './words.ts';

const { WAITING, NOTED, DISABLED, CUT_OVER, STOPPED, ENABLED, AFTER } = BOTH;

let one: Server;
let other: Server;
let place: Place;
const tally = new Tally();
const processes = new WaitingProcesses();
const line = new FaultLine();
before(async () => {
  one = await startServer('embedded');
  other = await startServer('embedded');
  place = await Place.make(new Side(one, 'jobs'), new Side(other, 'chains'));
});
after(async (t) => {
  for (const text of tally.lines()) (t as unknown as TestContext).diagnostic(text);
  processes.close();
  line.close();
  for (const side of place.sides) await side.close();
  one.stop();
  other.stop();
});

/** Runs the tool and kills it behind, or in front of, the n-th statement of this text. */
async function breakOff(args: readonly string[], text: RegExp, nth: number, when: When): Promise<void> {
  const ends = await place.through(line);
  await processes.run([...args, ...ends], (child) => {
    let seen = 0;
    line.arm({
      isHit: (statement) => text.test(statement.text) && ++seen === nth,
      when,
      strike: async (hit) => {
        child.kill('SIGKILL');
        hit.cut();
      },
    });
  });
  line.arm(null);
  line.close();
  await awaitRest(place.sides);
}

const undo = ['undo', ...PATIENTLY];
const CASES: readonly (Pick<Scenario, 'args' | 'start' | 'unfinished' | 'end' | 'code'> & {
  readonly prepare: () => Promise<void>;
})[] = [
  {
    args: CUTOVER,
    code: 6,
    prepare: () => breakOff(CUTOVER, /\bCOMMIT$/, 1, 'after'),
    start: WAITING,
    unfinished: [WAITING, NOTED, DISABLED],
    end: CUT_OVER,
  },
  {
    args: CUTOVER,
    code: 6,
    prepare: () => breakOff(CUTOVER, /\bCOMMIT$/, 2, 'after'),
    start: NOTED,
    unfinished: [NOTED, WAITING, DISABLED],
    end: CUT_OVER,
  },
  {
    args: CUTOVER,
    code: 6,
    prepare: () => breakOff(CUTOVER, /\bCOMMIT$/, 3, 'after'),
    start: DISABLED,
    unfinished: [DISABLED],
    end: CUT_OVER,
  },
  {
    args: undo,
    code: 0,
    prepare: async () => {
      await place.run(CUTOVER, 6);
      await breakOff(undo, /\bCOMMIT$/, 1, 'after');
    },
    start: STOPPED,
    unfinished: [STOPPED, ENABLED],
    end: AFTER,
  },
  {
    args: undo,
    code: 0,
    prepare: async () => {
      await place.run(CUTOVER, 6);
      await breakOff(undo, /\bCOMMIT$/, 2, 'after');
    },
    start: ENABLED,
    unfinished: [ENABLED],
    end: AFTER,
  },
  {
    args: undo,
    code: 0,
    prepare: () => breakOff(CUTOVER, /\bCOMMIT$/, 3, 'after'),
    start: DISABLED,
    unfinished: [STOPPED, ENABLED],
    end: AFTER,
  },
];

for (const [turn, { args, prepare, ...states }] of CASES.entries()) {
  const what = args[0] === 'undo' ? 'undo' : 'cutover';
  test(`from "${states.start}" a ${what} that is hit again can still be finished`, async (t) => {
    const scenario: Scenario = {
      name: `${what} from "${states.start}"`,
      turn,
      extent: 'sample',
      place,
      args,
      prepare,
      done: await place.chainsBehind(CUTOVER),
      ...states,
    };
    await Matrix.run(scenario, tally, processes, t);
  });
}
