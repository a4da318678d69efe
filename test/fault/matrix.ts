import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { FaultLine, type Hit, type Statement } from '../servers/fault-proxy.ts';
import { type Extent, everyStatement, type Fault, type Kind } from './faults.ts';
import { type Place, restore } from './place.ts';
import { type Ran, runHere, type WaitingProcesses } from './run-tool.ts';
import { awaitRest, look, type Snapshot } from './snapshot.ts';
import { enabledOnBothSides, type Marks, type State, stateOf } from './states.ts';
import type { Tally } from './tally.ts';

/** What is done, and what may come of it. */
export interface Scenario {
  readonly name: string;
  readonly place: Place;
  /** Of the run that is hit; `undo` or options of migrate. */
  readonly args: readonly string[];
  /** Of an undisturbed run: 6 where a job stays by itself. */
  readonly code: number;
  /** Brings the databases to where the run that is hit begins, if that is not where they were at first. */
  readonly prepare?: () => Promise<void>;
  readonly start: State;
  /** Between the start and the end: a run that was hit there says that it is unfinished. */
  readonly unfinished: readonly State[];
  readonly end: State;
  /** Chains of an earlier run that may be there. */
  readonly old?: Snapshot['chains'];
  /** Chains that are there when all is done; those of the end if not given. */
  readonly done?: Snapshot['chains'];
  /** Whether a live chain beside its enabled job is what was asked for. */
  readonly runsOnBothSides?: boolean;
  /** `all` if not given. */
  readonly extent?: Extent;
  /** Which of the faults reading statements get. */
  readonly turn: number;
}

/** Runs a scenario once without a fault, then once for each fault, and checks what the databases hold. */
export class Matrix {
  private readonly scenario: Scenario;
  private readonly line: FaultLine;
  private readonly tally: Tally;
  private readonly processes: WaitingProcesses;
  private readonly failures: string[] = [];
  private readonly done: Snapshot['chains'];
  private turn = 0;
  private untouched = 0;
  private isPrepared = false;
  private begun = '';
  private isStruck = false;
  private bringBack: (() => Promise<void>) | null = null;

  static async run(
    scenario: Scenario,
    tally: Tally,
    processes: WaitingProcesses,
    context: TestContext,
  ): Promise<void> {
    const line = new FaultLine();
    try {
      const ports = await scenario.place.through(line);
      await new Matrix(scenario, line, ports, tally, processes).runAll(context);
    } finally {
      line.close();
    }
  }

  private readonly ends: readonly string[];

  private constructor(
    scenario: Scenario,
    line: FaultLine,
    ends: readonly string[],
    tally: Tally,
    processes: WaitingProcesses,
  ) {
    this.scenario = scenario;
    this.line = line;
    this.ends = ends;
    this.tally = tally;
    this.processes = processes;
    this.done = scenario.done ?? [];
  }

  private get isUndo(): boolean {
    return this.scenario.args[0] === 'undo';
  }

  private async runAll(context: TestContext): Promise<void> {
    const { scenario } = this;
    const started = Date.now();
    const statements = await this.runUndisturbed();
    const faults = everyStatement(statements, scenario.turn, scenario.extent ?? 'all');
    for (const fault of faults) {
      const about = `${fault.kind} ${fault.when} statement ${fault.at} of ${statements.length}`;
      try {
        await this.hit(fault);
      } catch (error) {
        const hit = this.line.statements[fault.at - 1] ?? statements[fault.at - 1];
        const text = (hit?.text ?? '').replaceAll(/\s+/g, ' ').slice(0, 100);
        this.failures.push(`${about} (${text}): ${error instanceof Error ? error.message : String(error)}`);
        await restore(scenario.place);
      }
    }
    // The last faults may have left all as it was, which is not where the next scenario begins.
    if (this.isPrepared && scenario.prepare !== undefined)
      await this.undo(await this.prepared(), scenario.start);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    context.diagnostic(
      `${scenario.name}: ${statements.length} statements, ${faults.length} faults, ${seconds} s`,
    );
    assert.equal(
      this.failures.length,
      0,
      `${this.failures.length} of ${faults.length} faults:\n${this.failures.slice(0, 15).join('\n')}`,
    );
  }

  private async runUndisturbed(): Promise<readonly Statement[]> {
    const { scenario } = this;
    const marks = await this.prepared();
    this.line.arm(null);
    const ran = await runHere([...scenario.args, ...this.ends]);
    const statements = [...this.line.statements];
    assert.equal(ran.code, scenario.code, ran.stderr);
    assert.equal(await this.state(marks), scenario.end);
    await this.undo(marks, scenario.end);
    return statements;
  }

  private async hit(fault: Fault): Promise<void> {
    const { scenario, tally } = this;
    const marks = await this.prepared();
    this.isStruck = false;
    const ran = await this.runHit(fault);
    assert.ok(this.isStruck, 'the run never came to this statement');
    await awaitRest(scenario.place.sides);
    tally.count(tally.faults, `${fault.kind} ${fault.when}`);
    const now = await look(scenario.place.source, scenario.place.target);
    const state = stateOf(now, marks);
    tally.count(tally.states, state);
    tally.count(tally.codes, String(ran.code ?? 'killed'));
    assert.ok(
      [scenario.start, ...scenario.unfinished, scenario.end].includes(state),
      `the databases are in the state "${state}"; the tool said ${ran.code}: ${ran.stderr}`,
    );
    if (!scenario.runsOnBothSides) assert.deepEqual(enabledOnBothSides(now), [], 'enabled on both sides');
    if (ran.code !== null) this.checkWords(ran, state);
    this.isPrepared = state === scenario.start && ++this.untouched % 10 !== 0;
    if (this.isPrepared) return;
    this.turn += 1;
    if (!this.isUndo && this.turn % 2 === 0) await this.runAgain(marks, state);
    await this.undo(marks, state);
  }

  /** What the run said of itself must be so. */
  private checkWords({ code, stdout, stderr }: Ran, state: State): void {
    const { scenario } = this;
    const said = `exit code ${code} in the state "${state}": ${stderr}`;
    assert.doesNotMatch(stdout + stderr, /^\s+at .+:\d+/m, `a stack trace, ${said}`);
    if (code === scenario.code) assert.equal(state, scenario.end, said);
    else if (code === 1) assert.equal(state, scenario.start, said);
    // All is done, and the rows to be printed could not be read.
    else if (code === 8) assert.equal(state, scenario.end, said);
    else {
      assert.equal(code, 7, said);
      const isUnfinished =
        scenario.unfinished.includes(state) || (/chains wait/.test(state) && state === scenario.start);
      // A server that does not come back in time cannot be asked.
      const isUnknown = /it is not known whether that was done/.test(stderr) && state === scenario.start;
      assert.ok(isUnfinished || isUnknown || state === scenario.end, said);
      assert.match(stderr, /Run the same command again: it finishes/, said);
    }
    if (code !== scenario.code) assert.match(stderr, /pga2timetable: \S/, said);
    if (/Nothing was written/.test(stderr)) assert.equal(state, scenario.start, said);
    if (/pgAgent keeps running/.test(stderr)) assert.match(state, /^as before/, said);
    if (/^disabled \| chains wait/.test(state) && code === 7) assert.match(stderr, /NOTHING RUNS THEM/, said);
    if (/jobs run under pgAgent again/.test(stderr)) assert.match(state, /^enabled again/, said);
  }

  private async runAgain(marks: Marks, before: State): Promise<void> {
    const { scenario, tally } = this;
    const again = await runHere([...scenario.args, ...scenario.place.direct()]);
    tally.reruns += 1;
    // An undo that was done has nothing left to do, and a migration that was done writes nothing.
    assert.equal(again.code, scenario.code, `the re-run from "${before}": ${again.stderr}`);
    assert.equal(await this.state(marks), scenario.end, `behind the re-run from "${before}"`);
  }

  private async undo(marks: Marks, before: State): Promise<void> {
    const { place } = this.scenario;
    const wasDisabled = (await look(place.source, place.target)).jobs.some(
      ({ id, enabled }) => marks.jobs.handedOver.includes(id) && !enabled,
    );
    const wasEnabledAgain = (await this.state(marks)).startsWith('enabled again');
    const ran = await runHere(['undo', ...place.direct()]);
    this.tally.undos += 1;
    assert.equal(ran.code, 0, `undo from "${before}": ${ran.stderr}`);
    const jobs = wasDisabled || wasEnabledAgain ? 'enabled again' : 'as before';
    assert.equal(await this.state(marks), `${jobs} | no chains | no record`, `behind undo from "${before}"`);
    await place.resetTimes();
  }

  private async state(marks: Marks): Promise<State> {
    const { source, target } = this.scenario.place;
    return stateOf(await look(source, target), marks);
  }

  private async prepared(): Promise<Marks> {
    const { place, old = [], prepare } = this.scenario;
    if (!this.isPrepared) {
      if (this.bringBack === null) {
        this.begun = (await look(place.source, place.target)).now;
        await prepare?.();
        this.bringBack = prepare === undefined ? async () => {} : await place.keep();
      } else await this.bringBack();
    }
    this.isPrepared = false;
    return { jobs: place.jobs, before: place.before, done: this.done, old, begun: this.begun };
  }

  private async runHit(fault: Fault): Promise<Ran> {
    const args = [...this.scenario.args, ...this.ends];
    const isHit = (_: Statement, number: number): boolean => number === fault.at;
    if (fault.kind !== 'kill') {
      this.line.arm({ isHit, when: fault.when, strike: (hit) => this.strike(fault.kind, hit) });
      return runHere(args).finally(() => this.line.arm(null));
    }
    return this.processes.run(args, (child) => {
      this.line.arm({
        isHit,
        when: fault.when,
        strike: async (hit) => {
          this.isStruck = true;
          child.kill('SIGKILL');
          hit.cut();
        },
      });
    });
  }

  private async strike(kind: Kind, { server, pid, cut }: Hit): Promise<void> {
    this.isStruck = true;
    // To a client this is a crash.
    if (kind === 'server') {
      server.stop('immediate');
      server.start();
      return;
    }
    // A session that has not begun has no backend yet.
    if (kind === 'cut' || pid === 0) return cut();
    const side = this.scenario.place.sides.find((one) => one.server === server);
    await side?.query('SELECT pg_terminate_backend($1)', [pid]);
  }
}
