import { remembering } from '../../model/remembering.ts';
import { constantText, type Fields, listOf, stringOf, textOf } from './node.ts';
import { type RelationUse, relationsOf } from './relations.ts';
import type { Statement } from './statement.ts';
import { executed, functionName, nodesOfKind, statementFields } from './walk.ts';

/** What a text writes and reads of pgAgent's own, each once, as `pgagent.name`, `pgagent.name()` or `schema pgagent`. */
export interface PgagentUse {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

const SCHEMA = 'pgagent';
const TABLES: ReadonlySet<string> = new Set([
  'pga_job',
  'pga_jobstep',
  'pga_schedule',
  'pga_exception',
  'pga_joblog',
  'pga_jobsteplog',
  'pga_jobagent',
  'pga_jobclass',
]);
const FUNCTIONS: ReadonlySet<string> = new Set([
  'pgagent_schema_version',
  'pga_next_schedule',
  'pga_is_leap_year',
  'pga_job_trigger',
  'pga_schedule_trigger',
  'pga_exception_trigger',
]);

/** What a text does with pgAgent's own tables and functions, DO blocks and constant EXECUTE included. */
export const pgagentUse = remembering((statements: readonly Statement[]): PgagentUse => {
  const writes = new Set<string>();
  const reads = new Set<string>();
  // A role or a database can have it on its search path, and nobody else calls a table so.
  let isOnPath = true;
  for (const statement of executed(statements)) {
    isOnPath = pathAfter(statement) ?? isOnPath;
    for (const use of relationsOf(statement)) {
      if (use.schema === SCHEMA || (isOnPath && use.schema === null && TABLES.has(use.name)))
        (isWritten(use) ? writes : reads).add(`${SCHEMA}.${use.name}`);
    }
    for (const name of calls(statement, isOnPath)) reads.add(`${SCHEMA}.${name}()`);
    for (const name of wholeObjects(statement)) writes.add(name);
  }
  return { writes: [...writes].sort(), reads: [...reads].sort() };
});

function isWritten({ rights, isCreated }: RelationUse): boolean {
  return isCreated || rights.some((right) => right !== 'SELECT' && right !== 'REFERENCES');
}

function calls(statement: Statement, isOnPath: boolean): readonly string[] {
  return nodesOfKind(statement, 'FuncCall').flatMap((fields) => {
    const { schema, name } = functionName(fields);
    return schema === SCHEMA || (schema === null && isOnPath && FUNCTIONS.has(name)) ? [name] : [];
  });
}

// Whether pgAgent's schema is on the search path from here on; null where this statement leaves it as it is.
function pathAfter(statement: Statement): boolean | null {
  if (statement.type === 'VariableSetStmt') return pathOfSet(statementFields(statement));
  const values = nodesOfKind(statement, 'FuncCall').flatMap((fields) => {
    if (functionName(fields).name !== 'set_config') return [];
    const [name, value] = listOf(fields.args).map(constantText);
    return name?.toLowerCase() === 'search_path' ? [namesAgent(value?.split(',') ?? [])] : [];
  });
  return values.at(-1) ?? null;
}

function pathOfSet({ kind, name, args }: Fields): boolean | null {
  if (kind === 'VAR_RESET_ALL') return false;
  if (textOf(name)?.toLowerCase() !== 'search_path') return null;
  return namesAgent(listOf(args).map((value) => constantText(value) ?? ''));
}

function namesAgent(schemas: readonly string[]): boolean {
  return schemas.some((schema) => schema.trim().replace(/^"(.*)"$/, '$1') === SCHEMA);
}

// DROP SCHEMA, DROP EXTENSION and ALTER EXTENSION take everything at once.
function wholeObjects(statement: Statement): readonly string[] {
  const fields = statementFields(statement);
  if (statement.type === 'AlterExtensionStmt')
    return fields.extname === SCHEMA ? [`extension ${SCHEMA}`] : [];
  if (statement.type !== 'DropStmt') return [];
  const what = { OBJECT_SCHEMA: 'schema', OBJECT_EXTENSION: 'extension' }[String(fields.removeType)];
  return what !== undefined && listOf(fields.objects).some((object) => stringOf(object) === SCHEMA)
    ? [`${what} ${SCHEMA}`]
    : [];
}
