import type { State } from './states.ts';

/** What was done by all the matrices of a file. */
export class Tally {
  readonly faults = new Map<string, number>();
  readonly states = new Map<State, number>();
  codes = new Map<string, number>();
  reruns = 0;
  undos = 0;

  count(map: Map<string, number>, key: string): void {
    map.set(key, (map.get(key) ?? 0) + 1);
  }

  lines(): readonly string[] {
    const all = [...this.faults.values()].reduce((sum, n) => sum + n, 0);
    const list = (map: ReadonlyMap<string, number>): string =>
      [...map].map(([key, n]) => `${n} ${key}`).join('; ');
    return [
      `${all} faults (${list(this.faults)}), ${this.reruns} re-runs, ${this.undos} undos`,
      `exit codes: ${list(this.codes)}`,
      ...[...this.states].map(([state, n]) => `state reached ${n} times: ${state}`),
    ];
  }
}
