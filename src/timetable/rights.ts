import pg from 'pg';
import { groupBy } from '../model/group-by.ts';
import type { Client } from '../postgres/connect.ts';
import { together } from '../postgres/together.ts';
import type { Lack, Look } from './lack.ts';
import { lackingAttributes } from './lacking-attributes.ts';
import { lackingOnRelations } from './lacking-relations.ts';
import { lackingOnRoutines } from './lacking-routines.ts';
import { lackingOnSchemas } from './lacking-schemas.ts';
import { MOST_STEPS_KEPT, type NeededObject, type NeededObjects, type StepRef } from './needed-objects.ts';

/** A right that pg_timetable's role lacks, and who needs it. */
export interface MissingRight {
  /** `SELECT, DELETE on app.log` */
  readonly what: string;
  /** The first of the steps that need it, and whether there are others. */
  readonly steps: readonly StepRef[];
  readonly hasMoreSteps: boolean;
  /** The statement that gives it. */
  readonly mend: string;
}

/** Whose rights are looked at. */
export interface RightsOf {
  readonly role: string;
  /** The schemas of its search_path, in that order. */
  readonly path: readonly string[];
  /** The role that ran the steps in this very database before, if it did: what it lacked too is not told. */
  readonly formerRole: string | null;
}

/**
 * The rights that a role lacks for what steps use, by the catalogs of this database. What does not exist here is left
 * out, and so is what they cannot tell: which columns, which of several functions of a name, what a function does inside.
 */
export async function findMissingRights(
  client: Client,
  { role, path, formerRole }: RightsOf,
  needed: NeededObjects,
): Promise<readonly MissingRight[]> {
  const objects = needed.all();
  const [lacking, former] = await together([
    lacksOf(client, role, path, objects),
    formerRole === null ? [] : lacksOf(client, formerRole, path, objects),
  ]);
  // Under row security another server's role may see as few rows as it should: only a former role tells.
  if (formerRole === null) return grouped(lacking.filter(isAboutRights), objects, role);
  const lackedBefore = new Set(former.map(keyOf));
  return grouped(
    lacking.filter((lack) => !lackedBefore.has(keyOf(lack))),
    objects,
    role,
  );
}

const LOOKS: readonly Look[] = [lackingOnRelations, lackingOnRoutines, lackingOnSchemas, lackingAttributes];

async function lacksOf(
  client: Client,
  role: string,
  path: readonly string[],
  objects: readonly NeededObject[],
): Promise<readonly Lack[]> {
  const { rows } = await client.query<{ isSuperuser: boolean; version: number }>(
    `SELECT coalesce((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = $1), false) AS "isSuperuser",
            current_setting('server_version_num')::int / 10000 AS version`,
    [role],
  );
  const { isSuperuser, version } = rows[0] ?? { isSuperuser: false, version: 0 };
  if (isSuperuser) return [];
  // The catalogs come first wherever the path does not name them.
  const whole = path.includes('pg_catalog') ? path : ['pg_catalog', ...path];
  const found = await together(LOOKS.map((look) => look(client, { role, path: whole, version }, objects)));
  return found.flat();
}

const keyOf = ({ id, on, right }: Lack): string => JSON.stringify([id, on, right]);

const isAboutRights = ({ on }: Lack): boolean => !on.startsWith('row security ');

function grouped(
  lacks: readonly Lack[],
  objects: readonly NeededObject[],
  role: string,
): readonly MissingRight[] {
  return [...groupBy(lacks, ({ on }) => on)].map(([on, group]) => {
    const needers = [...new Set(group.map(({ id }) => id))].flatMap((id) => objects[id] ?? []);
    const steps = uniqueSteps(needers.flatMap((needer) => needer.steps));
    const rights = [...new Set(group.flatMap(({ right }) => right ?? []))];
    const whole = group[0]?.whole;
    return {
      what: whole?.what ?? `${rights.join(', ')} on ${inWords(on)}`,
      mend: whole?.mend ?? `GRANT ${rights.join(', ')} ON ${on} TO ${pg.escapeIdentifier(role)};`,
      steps: steps.slice(0, MOST_STEPS_KEPT),
      hasMoreSteps:
        steps.length > MOST_STEPS_KEPT ||
        needers.some(({ steps: kept, stepCount }) => stepCount > kept.length),
    };
  });
}

function uniqueSteps(steps: readonly StepRef[]): readonly StepRef[] {
  return [...new Map(steps.map((step) => [step.stepId, step])).values()];
}

function inWords(on: string): string {
  const [kind = '', ...rest] = on.split(' ');
  const name = rest.join(' ');
  return kind === 'TABLE' || kind === 'ROUTINE' || kind === 'FUNCTION'
    ? name
    : `${kind.toLowerCase()} ${name}`;
}
