import { after, before, type TestContext, test } from 'node:test';
import { type Server, startServer } from '../servers/postgres.ts';
import { Matrix, type Scenario } from './matrix.ts';
import { Place } from './place.ts';
import { WaitingProcesses } from './run-tool.ts';
import { Side } from './snapshot.ts';
import { Tally } from './tally.ts';
import { BOTH, CUTOVER, PATIENTLY } from './words.ts';

const { BEFORE, WAITING, NOTED, DISABLED, CUT_OVER, STOPPED, ENABLED, AFTER } = BOTH;

const servers: Server[] = [];
const places: Place[] = [];
const tally = new Tally();
const processes = new WaitingProcesses();
before(async () => {
  servers.push(await startServer('debian-15'), await startServer('embedded'));
  const [one, other] = servers;
  if (!one || !other) throw new Error('no servers');
  places.push(await Place.make(new Side(one, 'jobs'), new Side(one, 'chains')));
  places.push(await Place.make(new Side(one, 'jobs_too'), new Side(other, 'chains')));
});
after(async (t) => {
  for (const line of tally.lines()) (t as unknown as TestContext).diagnostic(line);
  processes.close();
  for (const side of places.flatMap(({ sides }) => sides)) await side.close();
  for (const server of servers) server.stop();
});

for (const [index, where] of ['two databases of a server', 'two servers'].entries()) {
  test(`a cutover between ${where} that is hit at any statement stands in one of five states`, async (t) => {
    const place = places[index] as Place;
    const scenario: Scenario = {
      name: `cutover, ${where}`,
      turn: 4 + 2 * index,
      extent: index === 0 ? 'writing' : 'all',
      place,
      args: CUTOVER,
      code: 6,
      start: BEFORE,
      unfinished: [WAITING, NOTED, DISABLED],
      end: CUT_OVER,
      done: await place.chainsBehind(CUTOVER),
    };
    await Matrix.run(scenario, tally, processes, t);
  });

  test(`an undo between ${where} that is hit at any statement stands in one of four states`, async (t) => {
    const place = places[index] as Place;
    const scenario: Scenario = {
      name: `undo, ${where}`,
      turn: 5 + 2 * index,
      extent: index === 0 ? 'writing' : 'all',
      place,
      args: ['undo', ...PATIENTLY],
      code: 0,
      prepare: () => place.run(CUTOVER, 6),
      start: CUT_OVER,
      unfinished: [STOPPED, ENABLED],
      end: AFTER,
      done: await place.chainsBehind(CUTOVER),
    };
    await Matrix.run(scenario, tally, processes, t);
  });
}
