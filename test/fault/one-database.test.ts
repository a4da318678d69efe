import { after, before, type TestContext, test } from 'node:test';
import { type Server, startServer } from '../servers/postgres.ts';
import { Matrix, type Scenario } from './matrix.ts';
import { Place } from './place.ts';
import { WaitingProcesses } from './run-tool.ts';
import { Side } from './snapshot.ts';
import { Tally } from './tally.ts';
import { BOTH, CUTOVER, PATIENTLY } from './words.ts';

const { BEFORE, CUT_OVER, AFTER } = BOTH;

let server: Server;
let place: Place;
const tally = new Tally();
const processes = new WaitingProcesses();
before(async () => {
  server = await startServer('embedded');
  place = await Place.make(new Side(server, 'one'));
});
after(async (t) => {
  for (const line of tally.lines()) (t as unknown as TestContext).diagnostic(line);
  processes.close();
  for (const side of place.sides) await side.close();
  server.stop();
});

test('a plain migration that is hit at any statement is made whole or not at all', async (t) => {
  const args = ['migrate', ...PATIENTLY];
  const scenario: Scenario = {
    name: 'plain migration, one database',
    turn: 0,
    place,
    args,
    code: 6,
    start: BEFORE,
    unfinished: [],
    end: 'as before | chains live | moved',
    done: await place.chainsBehind(args),
    runsOnBothSides: true,
  };
  await Matrix.run(scenario, tally, processes, t);
});

test('a cutover in one database that is hit at any statement is made whole or not at all', async (t) => {
  const scenario: Scenario = {
    name: 'cutover, one database',
    turn: 1,
    place,
    args: CUTOVER,
    code: 6,
    start: BEFORE,
    unfinished: [],
    end: CUT_OVER,
    done: await place.chainsBehind(CUTOVER),
  };
  await Matrix.run(scenario, tally, processes, t);
});

test('an undo in one database that is hit at any statement is done whole or not at all', async (t) => {
  const scenario: Scenario = {
    name: 'undo, one database',
    turn: 2,
    place,
    args: ['undo', ...PATIENTLY],
    code: 0,
    prepare: () => place.run(CUTOVER, 6),
    start: CUT_OVER,
    unfinished: [],
    end: AFTER,
    done: await place.chainsBehind(CUTOVER),
  };
  await Matrix.run(scenario, tally, processes, t);
});

test('chains of an earlier run that are replaced are the old ones or the new ones', async (t) => {
  const args = [
    'migrate',
    '--on-conflict',
    'replace',
    '--overlap',
    'exact',
    '--client-name',
    '=w1',
    ...PATIENTLY,
  ];
  const scenario: Scenario = {
    name: 'replace, one database',
    turn: 3,
    extent: 'writing',
    place,
    args,
    code: 6,
    prepare: () => place.run(['migrate', ...PATIENTLY], 6),
    start: 'as before | old chains live | moved',
    unfinished: [],
    end: 'as before | chains live | moved',
    done: await place.chainsBehind(args),
    old: await place.chainsBehind(['migrate', ...PATIENTLY]),
    runsOnBothSides: true,
  };
  await Matrix.run(scenario, tally, processes, t);
});
