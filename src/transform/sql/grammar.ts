// PostgreSQL's own parser. Importing it begins to load two megabytes: see `loadSqlParser`.
export { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query';
