declare module 'pgpass' {
  /** Looks a password up in the file that PGPASSFILE names, or ~/.pgpass. */
  export default function pgpass(
    connection: { host: string; port: number; user: string; database: string },
    done: (password: string | undefined) => void,
  ): void;
}
