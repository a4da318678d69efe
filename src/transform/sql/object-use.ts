import type { Right } from './relations.ts';

/** Something that a statement needs a right for. Without a schema, the search path decides. */
export type ObjectUse =
  | {
      readonly kind: 'relation';
      readonly schema: string | null;
      readonly name: string;
      readonly rights: readonly Right[];
    }
  /** EXECUTE; the built-in ones among them. */
  | { readonly kind: 'function'; readonly schema: string | null; readonly name: string }
  /** CREATE: something is made in it. */
  | { readonly kind: 'schema'; readonly schema: string | null }
  | { readonly kind: 'role-attribute'; readonly what: RoleAttribute };

/** What a role is or belongs to. */
export type RoleAttribute =
  | 'SUPERUSER'
  | 'CREATEDB'
  | 'CREATEROLE'
  | 'pg_read_server_files'
  | 'pg_write_server_files'
  | 'pg_execute_server_program'
  | 'pg_checkpoint'
  /** Owns the database that it is connected to. */
  | 'database owner';
