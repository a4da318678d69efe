import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { formatConninfo } from '../../src/postgres/conninfo.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob, type StepRow } from '../pgagent/insert-job.ts';
import { ANY, conninfoQuoted, MARK, secrets, shellQuoted, traces } from '../planted/secrets.ts';
import { SCRIPTS, STATEMENTS } from '../planted/texts.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const HBA =
  'local all all trust\nhost all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n';

const drawn: readonly string[] = fc.sample(secrets(ANY), 200);
let next = 0;
const planted: string[] = [];

/** A secret that no other place has. */
function secret(fits: (text: string) => boolean = () => true): string {
  while (!fits(drawn[next % drawn.length] ?? '')) next += 1;
  const found = drawn[next++ % drawn.length] ?? '';
  planted.push(found);
  return found;
}

function texts(plantings: typeof SCRIPTS, kind: 's' | 'b'): StepRow[] {
  return plantings.map(([name, text]) => ({
    name,
    kind,
    code: text(secret((one) => text(one) !== null)) ?? '',
  }));
}

const CONNECTIONS = 5;

const uri = (password: string): string => `postgresql://me:${encodeURIComponent(password)}@db1:5432/app`;

function connections(): StepRow[] {
  const base = 'host=db1 port=5432 user=me dbname=app';
  const strings = {
    'keyword form': `${base} password=${conninfoQuoted(secret())}`,
    'URI form': uri(secret()),
    'a key': `${base} sslpassword=${conninfoQuoted(secret())} sslcert=/c sslkey=/k`,
    'both, quoted': formatConninfo([
      ['password', secret()],
      ['host', 'db1'],
      ['sslpassword', secret()],
      ['user', "o'brien"],
      ['dbname', 'my app'],
    ]),
    'a setting of its own': `${base} options=-capp.api_token=${MARK}abc${MARK}`,
  };
  return Object.entries(strings).map(([name, conninfo]) => ({ name, code: 'SELECT 1', conninfo }));
}

/** Each makes an error of the connection string, not of the secret. */
function unreadable(): StepRow[] {
  const strings = {
    'no end of a quote': `host=db1 password='${secret().replaceAll("'", '')}`,
    'a blank in it': `host=db1 user=me password=my ${MARK}abc dbname=app`,
    'a blank, and =': `host=db1 user=me password=my ${MARK}abc=x dbname=app`,
    'a keyword that is none': `host=db1 user=me password=${conninfoQuoted(secret())} colour=red`,
    'an @ in a URI': `postgresql://me:${MARK}@${MARK}@db1/app`,
    'a % in a URI': `postgresql://me:${MARK}%zz@db1/app`,
    'a / in a URI': `postgresql://me:${MARK}/${MARK}@db1/app`,
    'no host': `user=me dbname=app password=${conninfoQuoted(secret())}`,
    'a port that is none': `host=db1 user=me port=abc password=${conninfoQuoted(secret())}`,
    'a secret that nothing stands for': `host=db1 user=me oauth_client_secret=${MARK}abc scram_client_key=${MARK}abc`,
  };
  return Object.entries(strings).map(([name, conninfo]) => ({ name, code: 'SELECT 1', conninfo }));
}

let server: Server;
before(async () => {
  server = await startServer('embedded', {}, HBA);
  await server.run('postgres', "CREATE ROLE guarded LOGIN PASSWORD 'right'");
  await server.createDatabase('app');
  await createStandInPgAgent(server, 'app');
  await createTimetable(server, 'app');
  await insertJob(server, 'app', { name: 'scripts', steps: texts(SCRIPTS, 'b') });
  await insertJob(server, 'app', { name: 'statements', steps: texts(STATEMENTS, 's') });
  await insertJob(server, 'app', { name: 'connections', steps: connections() });
  await insertJob(server, 'app', { name: 'unreadable', steps: unreadable() });
  await insertJob(server, 'app', {
    name: 'completed',
    steps: [{ name: 'a', code: 'SELECT 1', conninfo: 'dbname=reports' }],
  });
});
after(() => server.stop());

const IN_A_LINE: readonly RegExp[] = [/\s+/g, /[\s\\]+/g];

/** Whether any secret can be read out of a text, folded to the width of a terminal or not. */
function shown(text: string, all: readonly string[]): string | null {
  const forms = [text, ...IN_A_LINE.map((fold) => text.replace(fold, ''))];
  for (const one of [MARK, ...all.flatMap(traces)]) if (forms.some((form) => form.includes(one))) return one;
  return null;
}

function assertHidden({ stdout, stderr }: Result, what: string, all: readonly string[] = planted): void {
  for (const [stream, text] of Object.entries({ stdout, stderr })) {
    const found = shown(text, all);
    if (found === null) continue;
    const line = text.split('\n').find((one) => one.includes(found) || one.includes(MARK));
    assert.fail(`${what}: ${JSON.stringify(found)} stands in ${stream}: ${line}`);
  }
}

const source = (): string[] => ['-s', server.uri('app')];
const stepConninfo = (): string[] => [
  '--step-conninfo',
  `host=db1 user=me password=${conninfoQuoted(secret())}`,
];

const REPORTS: readonly (readonly [name: string, args: readonly string[], env?: Record<string, string>])[] = [
  ['the table', []],
  ['the table with tasks', ['--verbose']],
  ['a narrow table with tasks', ['--verbose'], { COLUMNS: '40' }],
  ['a wide table with tasks', ['--verbose'], { COLUMNS: '4000' }],
  ['JSON', ['--format', 'json']],
  ['--strict', ['--strict', '--verbose']],
  ['--quiet', ['--quiet']],
  ['--partial', ['--partial', '--verbose']],
  ['--partial as JSON', ['--partial', '--format', 'json']],
  ['bash', ['--shell', 'bash', '--format', 'json']],
  ['PowerShell', ['--shell', 'powershell', '--format', 'json']],
  ['cmd', ['--shell', 'cmd', '--partial', '--format', 'json']],
  ['passwords stripped', ['--strip-passwords', '--partial', '--verbose', '--format', 'json']],
];

for (const [name, args, env] of REPORTS) {
  test(`no secret in a dry run: ${name}`, async () => {
    const run = await pga2timetable([...source(), ...stepConninfo(), '--dry-run', ...args], env);
    assert.ok([0, 3, 6].includes(run.code ?? -1), run.stderr);
    assert.ok(run.stdout.length > 200 || args.includes('--strict'), run.stdout);
    assertHidden(run, name);
  });
}

test('--show-secrets shows each secret of a step that is carried over', async () => {
  const given = secret();
  const args = ['--step-conninfo', `host=db1 user=me password=${conninfoQuoted(given)}`];
  const run = await pga2timetable([
    ...source(),
    ...args,
    ...['--dry-run', '--show-secrets', '--partial', '--shell', '=sh', '--format', 'json'],
  ]);
  const { jobs, options } = JSON.parse(run.stdout);
  const texts: string[] = jobs.flatMap((job: Plan) =>
    job.chains.flatMap(({ tasks }) =>
      tasks.flatMap(({ command, parameters, databaseConnection }) => [
        command,
        ...parameters.flat(),
        databaseConnection ?? '',
      ]),
    ),
  );
  const bearing = texts.filter((text) => text.includes(MARK));
  // The strings that can be carried over, those of two steps without a host among them.
  assert.equal(bearing.length, SCRIPTS.length + STATEMENTS.length + CONNECTIONS + 2);
  assert.ok(options.stepConninfo.includes(MARK), 'it is not shown');
  // What stands beside the texts never shows one.
  assertHidden({ ...run, stdout: '' }, 'the advisories');
  assert.ok(!JSON.stringify(jobs.map(({ advisories }: Plan) => advisories)).includes(MARK));
});

test('--show-secrets shows them in the table with tasks, and only there', async () => {
  const args = [...source(), ...stepConninfo(), '--dry-run', '--show-secrets', '--verbose'];
  const run = await pga2timetable(args, { COLUMNS: '4000' });
  assert.ok(run.stdout.includes(MARK), 'no secret is shown');
  assertHidden({ ...run, stdout: '' }, 'the advisories');
});

interface Plan {
  readonly advisories: readonly unknown[];
  readonly chains: readonly {
    readonly tasks: readonly {
      readonly command: string;
      readonly parameters: readonly (readonly string[])[];
      readonly databaseConnection: string | null;
    }[];
  }[];
}

test('--strip-passwords: with --show-secrets too nothing is left to show', async () => {
  const args = [...source(), ...stepConninfo(), '--strip-passwords', '--show-secrets', '--partial'];
  const run = await pga2timetable([...args, '--dry-run', '--format', 'json']);
  assertHidden(run, 'stripped');
  assert.match(run.stdout, /"password-stripped"/);
  assert.match(run.stdout, /"password-not-stripped"/);
});

test('a run writes each secret unchanged, and neither it nor verify shows one', async () => {
  const name = 'written';
  await server.run('postgres', `CREATE DATABASE ${name} TEMPLATE app`);
  const args = ['-s', server.uri(name), '--step-conninfo', 'host=db1 user=me'];
  const run = await pga2timetable([...args, '--partial', '--shell', '=sh', '--verbose']);
  assert.equal(run.code, 6, run.stderr);
  assertHidden(run, 'the run');
  const { rows } = await server.run(
    name,
    `SELECT command || coalesce(database_connection, '') AS text FROM timetable.task
     UNION ALL SELECT value::text FROM timetable.parameter`,
  );
  const bearing = rows.filter(({ text }) => text?.includes(MARK));
  assert.equal(bearing.length, SCRIPTS.length + STATEMENTS.length + CONNECTIONS + 1);
  for (const format of ['table', 'json'])
    assertHidden(await pga2timetable(['verify', '-s', server.uri(name), '--format', format]), 'verify');
  assertHidden(
    await pga2timetable([...args, '--partial', '--shell', '=sh', '--verbose']),
    'names that are taken',
  );
});

test('what the target refuses shows no row', async () => {
  const name = 'refusing';
  await server.run('postgres', `CREATE DATABASE ${name} TEMPLATE app`);
  await server.run(
    name,
    'ALTER TABLE timetable.task ADD CONSTRAINT house CHECK (database_connection IS NULL)',
  );
  const args = ['-s', server.uri(name), '--step-conninfo', 'host=db1 user=me', '--partial', '--verbose'];
  const refused = await pga2timetable(args);
  assert.equal(refused.code, 1, refused.stderr);
  assertHidden(refused, 'a constraint');
});

test('a wrong password of this run is not shown, wherever it comes from', async () => {
  const at = (password: string): readonly (readonly [string[], Record<string, string>])[] => {
    const plain = `host=127.0.0.1 port=${server.port} user=guarded dbname=app`;
    const keyword = `${plain} password=${conninfoQuoted(password)}`;
    const address = server
      .uri('app', 'guarded')
      .replace('guarded@', `guarded:${encodeURIComponent(password)}@`);
    return [
      [['-s', keyword], {}],
      [['-s', address], {}],
      [[...source(), '-t', keyword], {}],
      [[...source(), '-t', address], {}],
      [['-s', plain], { PGPASSWORD: password }],
      [['-s', plain], { PGPASSWORD: password, PGDATABASE: password }],
    ];
  };
  const password = secret();
  for (const [args, env] of at(password)) {
    for (const more of [[], ['--verbose'], ['verify']]) {
      const run = await pga2timetable(more[0] === 'verify' ? ['verify', ...args] : [...args, ...more], env);
      assert.equal(run.code, 1, run.stderr);
      assert.match(run.stderr, /password is wrong/);
      assertHidden(run, args.join(' '));
    }
  }
});

/** Command lines that end with 2 and hold a secret. */
function mistakes(s: string): readonly (readonly string[])[] {
  const quoted = conninfoQuoted(s);
  const connections = [
    `host=h password=${quoted} colour=red`,
    `host=h password='${s.replaceAll("'", '')}`,
    `host=h password=my ${MARK}abc`,
    `host=h password=my ${MARK}abc=x`,
    `host=h port=abc password=${quoted}`,
    `host=h sslmode=maybe password=${quoted}`,
    `postgresql://me:${MARK}%zz@h/app`,
    `postgresql://me:${MARK}@${MARK}@h/app`,
    `postgresql://me:${MARK}/${MARK}@h/app`,
    `postgresql://me:${encodeURIComponent(s)}@[::1/app`,
    `postgresql://me:${encodeURIComponent(s)}@h:port/app`,
    `postgresql://me:${encodeURIComponent(s)}@h/app?colour=red`,
    `host=a,b password=${quoted}`,
  ];
  return [
    ...connections.flatMap((conninfo) => [
      ['-s', conninfo],
      ['-t', conninfo],
      ['--step-conninfo', conninfo],
    ]),
    // What was meant for an option.
    [`host=h password=${quoted}`],
    [uri(s)],
    [`postgresql://me:${MARK} ${MARK}@h/app`],
    ['-s', 'host=h', `password=${s}`, 'dbname=app'],
    ['-s', 'host=h', `password=my`, `${MARK}abc`, 'dbname=app'],
    ['--', `password=${s}`],
    ['--sorce', uri(s)],
    [`--sorce=${uri(s)}`],
    ['--password', s],
    [`--password=${s}`],
    ['-W', s],
    [`--dry-run=password=${quoted}`],
    [`--${s}`],
    ['verify', `password=${quoted}`],
    ['verify', '--step-conninfo', `host=h password=${quoted}`],
    // What stands in the wrong place.
    ['--shell', `PGPASSWORD=${shellQuoted(s)} sh`],
    ['--client-name', uri(s)],
    ['--format', uri(s)],
    ['--schedules', `password=${quoted}`],
    ['-s', uri(s), '-s', uri(s)],
    ['-s', uri(s), '--quiet', '--verbose'],
    ['--source-time-zone', uri(s), '-s'],
  ];
}

test('no mistake in the command line repeats a secret', async () => {
  const s = secret();
  for (const args of mistakes(s)) {
    const run = await pga2timetable(args, { PGPASSWORD: s });
    assert.equal(run.code, 2, `${JSON.stringify(args)}: ${run.stderr}`);
    assertHidden(run, JSON.stringify(args));
  }
});

test('words of a connection string that the shell took apart are not repeated, other words are', async () => {
  const apart = await pga2timetable(['-s', 'host=h', 'password=my', 'swordfish', 'dbname=app']);
  assert.equal(apart.code, 2);
  assert.doesNotMatch(apart.stderr, /swordfish/);
  assert.match(apart.stderr, /Write a connection string in quotes/);
  assert.match((await pga2timetable(['swordfish'])).stderr, /Unknown argument: swordfish\./);
});
