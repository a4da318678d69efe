import { remembering } from '../../model/remembering.ts';
import { ALL_OF_KIND, type SessionThing } from './session-event.ts';
import { sessionEvents } from './session-events.ts';
import type { Act, SessionThingKind } from './session-state.ts';
import type { Statement } from './statement.ts';
import { executed } from './walk.ts';

/** What a text has to do with the session that it runs in. */
export interface SessionUse {
  /** Still there when the text has run. */
  readonly left: readonly SessionThing[];
  /** Used and not made before in the same text: a temporary table may as well be an ordinary one. */
  readonly taken: readonly SessionThing[];
  /** Made, which fails where such a thing is there already. */
  readonly made: readonly SessionThing[];
  /** Gone when the text has run, whoever made it. */
  readonly ended: readonly SessionThing[];
}

/** A step that has nothing to do with sessions of its job. */
export const NO_SESSION_USE: SessionUse = { left: [], taken: [], made: [], ended: [] };

/** What the statements leave in their session and take from it; DO blocks included, functions not. */
export const sessionUse = remembering((statements: readonly Statement[]): SessionUse => {
  const reading = new Reading();
  for (const statement of executed(statements)) reading.read(statement);
  return reading.result();
});

const idOf = ({ kind, key }: SessionThing): string => `${kind} ${key}`;

/** Commands that do the same whoever runs them. */
const NOBODYS: ReadonlySet<string> = new Set([
  'VariableSetStmt',
  'VariableShowStmt',
  'TransactionStmt',
  'DiscardStmt',
]);

const WORKS_AS = ['role', 'session-authorization'] as const;

class Reading {
  readonly #own = new Set<string>();
  readonly #left = new Map<string, SessionThing>();
  readonly #taken = new Map<string, SessionThing>();
  readonly #made = new Map<string, SessionThing>();
  readonly #cleared = new Set<SessionThingKind>();
  readonly #ended = new Map<string, SessionThing>();

  read(statement: Statement): void {
    const events = sessionEvents(statement);
    // Whatever runs, runs as somebody; the statements inside a block say it for the block.
    if (!NOBODYS.has(statement.type) && statement.inside.length === 0) {
      for (const kind of WORKS_AS) this.#use({ kind, key: '', what: kind });
    }
    for (const event of events) {
      if (event.act === 'drop-all') this.#dropAll(event.kinds);
      else {
        if (event.isNew) this.#make(event.thing);
        this.#apply(event.act, event.thing);
      }
    }
  }

  result(): SessionUse {
    return {
      left: [...this.#left.values()],
      made: [...this.#made.values()],
      taken: [...this.#taken.values()],
      ended: [...this.#ended.values()],
    };
  }

  #make(thing: SessionThing): void {
    const id = idOf(thing);
    if (!this.#own.has(id) && !this.#cleared.has(thing.kind)) this.#made.set(id, thing);
  }

  #apply(act: Act, thing: SessionThing): void {
    if (act === 'use' || act === 'drop') this.#use(thing);
    if (act === 'use') return;
    const id = idOf(thing);
    this.#own.add(id);
    if (act === 'leave') {
      this.#left.set(id, thing);
      this.#ended.delete(id);
    }
    if (act === 'drop' || act === 'drop-if-there') this.#end(thing);
  }

  #use(thing: SessionThing): void {
    const id = idOf(thing);
    if (!this.#own.has(id) && !this.#taken.has(id)) this.#taken.set(id, thing);
  }

  #end(thing: SessionThing): void {
    this.#left.delete(idOf(thing));
    this.#ended.set(idOf(thing), thing);
  }

  #dropAll(kinds: readonly SessionThingKind[]): void {
    for (const kind of kinds) {
      this.#cleared.add(kind);
      for (const thing of [...this.#left.values()].filter((left) => left.kind === kind)) this.#end(thing);
      this.#ended.set(`${kind} *`, { kind, key: ALL_OF_KIND, what: kind });
      if (kind === 'role' || kind === 'session-authorization') this.#own.add(`${kind} `);
    }
  }
}
