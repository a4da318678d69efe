import { shellWord } from '../model/shell-word.ts';
import { formatConninfo } from '../postgres/conninfo.ts';

/** Where pg_timetable is to make its schema, and as whom. */
export interface Place {
  readonly database: string;
  readonly endpoint: { readonly host: string; readonly port: number; readonly role: string };
}

/** The command of pg_timetable that makes its schema, without a password. It wants a client name, and ends by itself. */
export function initCommand({ database, endpoint: { host, port, role } }: Place): string {
  const conninfo = formatConninfo([
    ['host', host],
    ['port', String(port)],
    ['dbname', database],
    ['user', role],
  ]);
  return `pg_timetable --init --clientname=any --connstr ${shellWord(conninfo)}`;
}
