import { readFileSync } from 'node:fs';

/** The connection that a password is for. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * Looks a password up in a file of lines `host:port:database:user:password`, in which `*` stands for any and a
 * backslash for the next letter. As in the real program's driver, every socket is `localhost`.
 */
export function passwordInFile(file: string, { host, port, database, user }: Login): string | undefined {
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of linesOf(file)) {
    const fields = line.match(/(?:\\.|[^:\\])+/g)?.map((field) => field.replace(/\\(.)/g, '$1')) ?? [];
    const isFor = wanted.every((value, i) => fields[i] === '*' || fields[i] === value);
    if (fields.length === 5 && isFor) return fields[4];
  }
  return undefined;
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
