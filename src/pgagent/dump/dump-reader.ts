import { Failure } from '../../model/failure.ts';
import { DumpedDatabase } from './dumped-database.ts';
import { DumpLexer } from './lexer/lexer.ts';
import type { PartListener, RowUse, StatementUse } from './lexer/parts.ts';
import { namesIn } from './names.ts';
import { changeByHand, insertedTable, readStatement, useOf } from './statements.ts';
import type { KeptTable } from './tables.ts';
import { copyFields } from './values/copy-row.ts';
import { encodingOf } from './values/encoding.ts';
import { insertFields } from './values/insert-row.ts';

/** PostgreSQL's own, and those of what is made from it: EnterpriseDB, Greenplum. */
const MARK = /^[A-Z][\w ]* database (cluster )?dump( complete)?$/;
const DATA = /^Data for Name: (pga_\w+); Type: TABLE DATA; Schema: pgagent;/;

/** Makes of the parts of a dump what it holds. */
export class DumpReader implements PartListener {
  readonly lexer = new DumpLexer(this);
  serverVersion: string | null = null;
  readonly databases: DumpedDatabase[] = [new DumpedDatabase(null, encodingOf('UTF8'))];
  /** How many dumps of pg_dump and of pg_dumpall have begun and have not ended. */
  readonly marks = { dumps: 0, clusters: 0 };

  /** The number of the dump that the rows are in. */
  private dump = 0;
  private readonly hasReturns: boolean;
  private database = this.databases[0] as DumpedDatabase;
  private searchPath: readonly string[] = [];
  /** Of the COPY whose rows come, or the INSERT whose groups come. */
  private table: KeptTable | null = null;
  private columns: readonly string[] = [];
  private areTuples = false;

  /** @param hasReturns whether the lines of the dump end as those of Windows */
  constructor(hasReturns: boolean) {
    this.hasReturns = hasReturns;
  }

  comment(text: string): void {
    const { marks } = this;
    const mark = MARK.exec(text);
    if (mark) {
      const isBegin = mark[2] === undefined;
      marks[mark[1] === undefined ? 'dumps' : 'clusters'] += isBegin ? 1 : -1;
      if (isBegin) this.dump += 1;
    }
    const [, version] = /^Dumped from database version (.+)$/.exec(text) ?? [];
    if (version !== undefined) this.serverVersion = version;
    const [, table] = DATA.exec(text) ?? [];
    if (table !== undefined) this.database.noteRows(table);
  }

  command(text: string): void {
    if (/^(?:i|ir|include|include_relative)\s/.test(text)) throw this.byHand('\\i, which reads another file');
    if (/^copy\s/.test(text)) throw this.byHand('\\copy, which reads another file');
    const [, name] = /^(?:connect|c)\s+(.+)$/.exec(text) ?? [];
    if (name !== undefined) this.connect(databaseOf(name));
  }

  statement(head: string): StatementUse {
    this.refuseByHand(head);
    const use = useOf(head, this.searchPath);
    if (use === 'groups') this.beginInsert(insertedTable(head, this.searchPath));
    return use;
  }

  text(bytes: Buffer): RowUse | null {
    const text = bytes.toString('utf8');
    this.refuseByHand(text);
    const statement = readStatement(text, this.searchPath);
    if (statement === null) return null;
    const { database } = this;
    switch (statement.kind) {
      case 'copy':
        this.table = statement.table;
        if (statement.table === null) return 'skip';
        this.columns = statement.columns;
        database.noteRows(statement.table);
        return 'keep';
      case 'table':
        database.defineTable(statement.table, statement.columns);
        return null;
      case 'set':
        this.set(statement.name, statement.value);
        return null;
      case 'pgagent':
        database.hasPgAgent = true;
        return null;
      case 'schema-version':
        database.schemaVersion = statement.version;
        return null;
    }
  }

  private refuseByHand(text: string): void {
    const change = changeByHand(text, this.searchPath);
    if (change !== null) throw this.byHand(change);
  }

  private byHand(what: string): Failure {
    return new Failure(
      'failed',
      `Line ${this.lexer.line} of the dump has what pg_dump does not write: ${what}.`,
      'Restore the file into a database, and use --source.',
    );
  }

  private beginInsert(table: KeptTable | null): void {
    this.table = table;
    this.areTuples = false;
    if (table !== null) this.columns = this.database.columnsOf(table);
  }

  group(before: string, content: Buffer, line: number): void {
    if (/\bVALUES\s*$/i.test(before)) this.areTuples = true;
    if (this.table === null) return;
    if (!this.areTuples) this.columns = namesIn(content.toString('utf8'));
    else
      this.addRow(
        insertFields(content, line, {
          hasBackslashes: this.lexer.hasBackslashes,
          hasReturns: this.hasReturns,
        }),
        line,
      );
  }

  endOfGroups(): void {
    if (!this.areTuples) throw this.byHand(`INSERT without VALUES on pgagent.${this.table}`);
  }

  row(text: Buffer, line: number): void {
    this.addRow(copyFields(text, this.database.encoding.isLead), line);
  }

  private addRow(fields: readonly (Buffer | null)[], line: number): void {
    if (this.table === null) return;
    this.database.noteDump(this.table, this.dump);
    this.database.addRow(this.table, this.columns, fields, line);
  }

  private set(name: string, value: string): void {
    const plain = value.replace(/^'([\s\S]*)'$/, '$1');
    if (name === 'client_encoding') this.database.encoding = encodingOf(plain);
    if (name === 'standard_conforming_strings') this.lexer.hasBackslashes = plain.toLowerCase() === 'off';
    if (name === 'search_path') this.searchPath = namesIn(plain);
  }

  private connect(name: string | null): void {
    this.searchPath = [];
    if (name === null) return;
    const known = this.databases.find((one) => one.name === name);
    this.database = known ?? new DumpedDatabase(name, this.database.encoding);
    if (known === undefined) this.databases.push(this.database);
  }
}

/** The database that \connect names: `app`, `"my app"`, `-reuse-previous=on "dbname='my app'"`; null where that is the one before. */
function databaseOf(text: string): string | null {
  const [, quoted] = /dbname='((?:[^'\\]|\\.)*)'/.exec(text) ?? [];
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, '$1').replaceAll('""', '"');
  const [, name] = /^("(?:[^"]|"")*"|\S+)/.exec(text) ?? [];
  if (name === undefined || name === '-') return null;
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
