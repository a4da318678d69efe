import type { Client } from '../postgres/connect.ts';
import type { NeededObject } from './needed-objects.ts';

/** One thing that a role may not do. */
export interface Lack {
  /** Of the needed object. */
  readonly id: number;
  /** What it lacks the right on, as GRANT writes it: `TABLE app.log`, `SCHEMA app`. */
  readonly on: string;
  /** The right that GRANT gives; null where `whole` says all. */
  readonly right: string | null;
  /** What is lacking and how to mend it, where no GRANT of a right on an object does. */
  readonly whole: { readonly what: string; readonly mend: string } | null;
}

/** The role that is looked at. */
export interface Looker {
  readonly role: string;
  /** Where names without a schema lead: the schemas of its search_path, in that order. */
  readonly path: readonly string[];
  /** The major version of the server. */
  readonly version: number;
}

/** Looks objects up in the catalogs of the database of this session. */
export type Look = (
  client: Client,
  looker: Looker,
  objects: readonly NeededObject[],
) => Promise<readonly Lack[]>;

/** The right to use or to fill a schema. */
export function onSchema(id: number, schema: string, right: 'USAGE' | 'CREATE'): Lack {
  return { id, on: `SCHEMA ${schema}`, right, whole: null };
}
