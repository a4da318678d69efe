/** A step, as messages name it. */
export interface StepRef {
  readonly jobId: number;
  readonly stepId: number;
  readonly stepName: string;
}

/** What a statement needs a right for. */
export type UsedObject =
  | {
      readonly kind: 'relation';
      readonly schema: string | null;
      readonly name: string;
      /** Of PostgreSQL's table privileges, and OWNER. */
      readonly rights: readonly string[];
    }
  | { readonly kind: 'function'; readonly schema: string | null; readonly name: string }
  /** Something is made in it. */
  | { readonly kind: 'schema'; readonly schema: string | null }
  /** `CREATEDB`, `pg_read_server_files`, `database owner` */
  | { readonly kind: 'role-attribute'; readonly what: string };

/** An object that steps need, with the first of them. */
export interface NeededObject {
  readonly id: number;
  readonly object: UsedObject;
  readonly rights: ReadonlySet<string>;
  readonly steps: readonly StepRef[];
  readonly stepCount: number;
}

interface Entry extends NeededObject {
  readonly rights: Set<string>;
  readonly steps: StepRef[];
  stepCount: number;
}

const MOST_OBJECTS = 10_000;
/** Enough to find the others by. */
export const MOST_STEPS_KEPT = 3;

/** The distinct objects that the steps of a run need; of what comes after ten thousand of them nothing is kept. */
export class NeededObjects {
  private readonly entries = new Map<string, Entry>();

  add(step: StepRef, objects: readonly UsedObject[]): void {
    const seen = new Set<Entry>();
    for (const object of objects) {
      const entry = this.entryOf(object);
      if (entry === null) continue;
      for (const right of object.kind === 'relation' ? object.rights : []) entry.rights.add(right);
      if (seen.has(entry)) continue;
      seen.add(entry);
      entry.stepCount += 1;
      if (entry.steps.length < MOST_STEPS_KEPT) entry.steps.push(step);
    }
  }

  all(): readonly NeededObject[] {
    return [...this.entries.values()];
  }

  private entryOf(object: UsedObject): Entry | null {
    const key = keyOf(object);
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    if (this.entries.size >= MOST_OBJECTS) return null;
    const entry: Entry = { id: this.entries.size, object, rights: new Set(), steps: [], stepCount: 0 };
    this.entries.set(key, entry);
    return entry;
  }
}

// Rights are gathered for one object; all else of it tells it from others.
function keyOf(object: UsedObject): string {
  return JSON.stringify(object.kind === 'relation' ? [object.kind, object.schema, object.name] : object);
}
