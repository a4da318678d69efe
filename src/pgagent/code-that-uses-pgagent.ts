import type { Client } from '../postgres/connect.ts';
import { errorCode, errorText } from '../postgres/plain-words.ts';
import { withSavepoint } from '../postgres/savepoint.ts';

/** Something in the source database, outside pgAgent's schema, that uses it. */
export interface UsingCode {
  /** `view app.jobs`, `function app.run_now(integer)`, `trigger audit on pgagent.pga_job` */
  readonly what: string;
  /** By what PostgreSQL knows itself; otherwise only the words of a text tell. */
  readonly isCertain: boolean;
}

export type CodeSearch =
  | { readonly kind: 'found'; readonly code: readonly UsingCode[] }
  /** This user may not look: the server's own words. */
  | { readonly kind: 'denied'; readonly why: string };

const NO_RIGHT = '42501';

/** What in this database uses pgAgent's schema, besides pgAgent itself. Other databases cannot. */
export async function findCodeThatUsesPgAgent(client: Client): Promise<CodeSearch> {
  try {
    return { kind: 'found', code: await withSavepoint(client, () => findCode(client)) };
  } catch (error) {
    if (errorCode(error) !== NO_RIGHT) throw error;
    return { kind: 'denied', why: errorText(error) };
  }
}

async function findCode(client: Client): Promise<readonly UsingCode[]> {
  const { rows } = await client.query<{ certain: string[]; byWords: string[] }>(
    `SELECT ${CERTAIN.map((query) => `ARRAY (${query})`).join(' || ')} AS certain, ARRAY (${ROUTINES_BY_WORDS}) AS "byWords"`,
  );
  const { certain = [], byWords = [] } = rows[0] ?? {};
  return [
    ...[...new Set(certain)].map((what) => ({ what, isCertain: true })),
    ...byWords.filter((what) => !certain.includes(what)).map((what) => ({ what, isCertain: false })),
  ];
}

// pgAgent's schema, its tables with their types, and its functions.
const PGAGENTS_OWN = `
  SELECT 'pg_catalog.pg_class'::regclass AS catalog, oid FROM pg_catalog.pg_class
   WHERE relnamespace = 'pgagent'::regnamespace
   UNION ALL
  SELECT 'pg_catalog.pg_type'::regclass, oid FROM pg_catalog.pg_type WHERE typnamespace = 'pgagent'::regnamespace
   UNION ALL
  SELECT 'pg_catalog.pg_proc'::regclass, oid FROM pg_catalog.pg_proc WHERE pronamespace = 'pgagent'::regnamespace`;

const DEPENDS = `
  WITH own AS (${PGAGENTS_OWN}),
       dependent AS (
         SELECT DISTINCT d.classid, d.objid
           FROM own
           JOIN pg_catalog.pg_depend d ON d.refclassid = own.catalog AND d.refobjid = own.oid)`;

/** What an extension brought along is its own matter. */
function isOfNoExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                       WHERE e.classid = 'pg_catalog.${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
}

function isDependent(catalog: string, oid: string): string {
  return `EXISTS (SELECT FROM dependent d WHERE d.classid = 'pg_catalog.${catalog}'::regclass AND d.objid = ${oid})`;
}

const VIEWS_AND_RULES = `${DEPENDS}
  SELECT CASE WHEN w.rulename <> '_RETURN' THEN 'rule ' || quote_ident(w.rulename) || ' on '
              WHEN r.relkind = 'm' THEN 'materialized view '
              ELSE 'view ' END || r.oid::regclass AS what
    FROM pg_catalog.pg_rewrite w
    JOIN pg_catalog.pg_class r ON r.oid = w.ev_class
   WHERE ${isDependent('pg_rewrite', 'w.oid')}
     -- pgAgent has no rule of its own, and its tables may be an extension's.
     AND CASE WHEN r.relnamespace = 'pgagent'::regnamespace THEN w.rulename <> '_RETURN'
              ELSE ${isOfNoExtension('pg_class', 'r.oid')} END
   ORDER BY 1`;

// Before PostgreSQL 11 there were no procedures, nor the column that tells them.
const ROUTINE = `
  CASE WHEN to_jsonb(p) ->> 'prokind' = 'p' THEN 'procedure ' ELSE 'function ' END || p.oid::regprocedure`;

const ROUTINES = `${DEPENDS}
  SELECT ${ROUTINE} AS what
    FROM pg_catalog.pg_proc p
   WHERE ${isDependent('pg_proc', 'p.oid')}
     AND p.pronamespace <> 'pgagent'::regnamespace
     AND ${isOfNoExtension('pg_proc', 'p.oid')}
   ORDER BY 1`;

const CONSTRAINTS_AND_DEFAULTS = `${DEPENDS}
  SELECT 'foreign key ' || quote_ident(k.conname) || ' of ' || r.oid::regclass AS what
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class r ON r.oid = k.conrelid
   WHERE k.contype = 'f' AND ${isDependent('pg_constraint', 'k.oid')}
     AND r.relnamespace <> 'pgagent'::regnamespace AND ${isOfNoExtension('pg_class', 'r.oid')}
   UNION
  SELECT 'default of ' || quote_ident(a.attname) || ' of ' || r.oid::regclass
    FROM pg_catalog.pg_attrdef f
    JOIN pg_catalog.pg_class r ON r.oid = f.adrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
   WHERE ${isDependent('pg_attrdef', 'f.oid')}
     AND r.relnamespace <> 'pgagent'::regnamespace AND ${isOfNoExtension('pg_class', 'r.oid')}
   ORDER BY 1`;

// pgAgent's own three call functions of its own schema.
const TRIGGERS = `
  SELECT 'trigger ' || quote_ident(t.tgname) || ' on ' || r.oid::regclass AS what
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_class r ON r.oid = t.tgrelid
    JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
   WHERE NOT t.tgisinternal
     AND r.relnamespace = 'pgagent'::regnamespace
     AND NOT (p.pronamespace = 'pgagent'::regnamespace
              AND t.tgname IN ('pga_job_trigger', 'pga_schedule_trigger', 'pga_exception_trigger'))
   ORDER BY 1`;

// The body of a function is text to PostgreSQL, comments and all; in C it is the name of a symbol.
const ROUTINES_BY_WORDS = `
  SELECT ${ROUTINE} AS what
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
   WHERE l.lanname NOT IN ('c', 'internal')
     AND p.pronamespace NOT IN ('pgagent'::regnamespace, 'pg_catalog'::regnamespace)
     AND p.prosrc ~* '(\\mpgagent"?\\s*\\.|\\mpga_(job|jobagent|jobclass|joblog|jobstep|jobsteplog|schedule|exception)\\M)'
     AND ${isOfNoExtension('pg_proc', 'p.oid')}
   ORDER BY 1`;

const CERTAIN = [VIEWS_AND_RULES, ROUTINES, CONSTRAINTS_AND_DEFAULTS, TRIGGERS];
