import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planJob } from '../../../src/transform/plan-job.ts';
import { environmentOf } from '../../../src/transform/step/environment.ts';
import { aboutWords } from '../../../src/transform/step/script-words.ts';
import { batchStep, codes, context, job } from '../../job-builders.ts';

const said = (code: string): readonly string[] => codes(aboutWords(batchStep(code)));

describe('a script that finds itself in the list of processes', () => {
  for (const code of [
    'ps ax | grep "[n]ightly"',
    'n=$(ps -ef|grep -c x)',
    'if pgrep -f x >/dev/null; then exit 1; fi',
    'sudo pkill -f stale',
    'pidof x; pstree',
    '/usr/bin/ps',
    '#!/usr/bin/env python3\nimport psutil\nfor p in psutil.process_iter(): pass',
    "#!/usr/bin/python3\nimport os\nfor pid in os.listdir('/proc'): pass",
    '#!/usr/bin/python3\nfrom pathlib import Path\nfor p in Path("/proc").iterdir(): pass',
    "#!/usr/bin/python3\nimport glob\nglob.glob('/proc/[0-9]*/cmdline')",
    '#!/usr/bin/python3\nimport subprocess\nsubprocess.run(["ps", "aux"])',
    "#!/usr/bin/python3\nopen('/proc/%s/cmdline' % pid)",
    '#!/usr/bin/python3\nopen("/proc/" + pid + "/cmdline")',
    '#!/usr/bin/perl\nuse Proc::ProcessTable;',
    '#!/usr/bin/perl\nopendir(my $d, "/proc");',
    "#!/usr/bin/ruby\nrequire 'sys/proctable'",
    "#!/usr/bin/env node\nrequire('ps-list')",
    'for f in /proc/*/cmdline; do cat $f; done',
    'for f in /proc/$pid/status; do cat $f; done',
    'cat /proc/1/cmdline',
    'ls /proc | grep 1',
    'cd /proc; ls',
    'cat /proc/self/cmdline',
    'Get-Process pg_dump',
    'tasklist | find "x"',
    'psql <<EOF\nSELECT 1;\nEOF\nps ax',
    '#!/usr/bin/python3\nimport psutil as p\nprint(p.pids())',
    'bash <<EOF\nps ax\nEOF',
  ])
    test(JSON.stringify(code), () => assert.ok(said(code).includes('process-list')));

  for (const code of [
    'psql -c "SELECT ps.id FROM parts ps WHERE ps.stock = 0"',
    "psql -c 'DELETE FROM processes AS ps USING old WHERE ps.id = old.id'",
    'psql <<EOF\nSELECT * FROM parts ps\nJOIN other o USING (id);\nEOF',
    "psql <<'SQL'\nselect 1 from t ps\nSQL",
    'psql -v ON_ERROR_STOP=1 <<-END\n\tSELECT 1 FROM t ps\n\tEND',
    'cat <<EOF | psql app\nSELECT 1 FROM t ps JOIN u USING (id)\nEOF',
    'cat > x.sql <<EOF\nSELECT 1 FROM t ps WHERE true;\nEOF\npsql -f x.sql',
    '# look at ps first\ntrue # ps',
    '#!/usr/bin/python3\nimport psutil\nprint(psutil.virtual_memory())',
    'cd /srv/ps && ./run-ps --https',
    'docker ps -q | xargs docker rm',
    'docker compose ps',
    'cat /proc/meminfo /proc/loadavg',
    'sysctl -w x; echo 1 > /proc/sys/vm/drop_caches',
    'awk 1 /proc/cpuinfo',
    'ls /process /srv/proc/x',
    `echo $ps \${ps} "$ps"`,
    'gsutil cp a b; ps2pdf x.ps',
  ])
    test(`not ${JSON.stringify(code)}`, () => assert.ok(!said(code).includes('process-list')));
});

describe('a script that waits until older transactions have ended', () => {
  for (const code of [
    'pg_repack -d app -t big',
    'PGPORT=5433 /usr/lib/postgresql/15/bin/pg_repack --all',
    'cd /tmp && sudo -u postgres pg_repack -k app',
    `for t in a b; do pg_repack \\\n  -t $t app; done`,
    `#!/usr/bin/python3\nimport subprocess\nsubprocess.run(["pg_repack", "-d", "app"])`,
    'pg_repack -h /tmp -tbox app',
    'timeout 3600 pg_repack app',
  ])
    test(JSON.stringify(code), () => assert.ok(said(code).includes('waits-for-transactions')));
  for (const code of [
    'pg_repack --only-indexes -t big app',
    'pg_repack -kx -t big app',
    'pg_repack \\\n --dry-run app',
    '# pg_repack app\ntrue',
    'psql -c "CREATE EXTENSION pg_repack"',
    'tail -n 5 /var/log/pg_repack.log',
    './pg_repack.sh',
    'echo done, see pg_repack',
  ])
    test(`not ${JSON.stringify(code)}`, () => assert.ok(!said(code).includes('waits-for-transactions')));
});

describe('a script that looks at sessions', () => {
  const cases: readonly [string, readonly string[]][] = [
    [
      `psql -c "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"`,
      ['looks-at-sessions'],
    ],
    ['psql -c "SELECT * FROM pg_locks"', ['looks-at-sessions']],
    ['psql -c "SELECT numbackends FROM pg_stat_database"', ['looks-at-sessions']],
    [`psql -c "SELECT 1 FROM pg_stat_activity WHERE application_name = 'billing'"`, []],
    [
      `psql -c "SELECT 1 FROM pg_stat_activity WHERE application_name <> 'pg_timetable'"`,
      ['application-name'],
    ],
    [
      `psql -c "SELECT 1 FROM pg_stat_activity WHERE application_name = ''"`,
      ['application-name', 'looks-at-sessions'],
    ],
    [
      `psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle'"`,
      ['ends-sessions'],
    ],
    ['echo locks', []],
  ];
  for (const [code, expected] of cases) test(code, () => assert.deepEqual(said(code), expected));
});

describe('names that a script takes from its environment', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['pg_dump -U $POSTGRES_USER app', ['POSTGRES_USER']],
    [`psql -U "\${DB_USER}" -h "$DB_HOST"`, ['DB_HOST', 'DB_USER']],
    ['cd $HOME; echo $PATH $USER $LANG $LC_ALL $? $$ $1 $# $@ $*', []],
    ['DAY=$(date); echo $DAY', []],
    ['export A=1 B=2; echo $A$B', []],
    ['for f in a b; do echo $f; done', []],
    ['while read -r a b; do echo $a $b; done', []],
    ['IFS=, read one two < x; echo "$one$two"', []],
    ['f() { local x y=2; echo $x $y; }', []],
    [`declare -A map; map[a]=1; mapfile -t lines < x; echo \${map[a]} $lines`, []],
    ['getopts ab: opt; printf -v text %s 1; echo $opt $text', []],
    ['i=0; ((n = i + 1)); echo $n', []],
    [`echo "\${X:-none}" "\${Y-}" "\${Z:=1}" $Z`, []],
    [`: "\${NEEDED:?is not set}"; echo \${#LENGTH} \${CUT%/*}`, ['CUT', 'LENGTH', 'NEEDED']],
    [`awk '{ print $NF, $total }' x; echo '$NOT'`, []],
    [`echo "it's $ONE" 'and $NOT'`, ['ONE']],
    ['echo \\$NOT', []],
    ['# uses $NOT\ntrue', []],
    [`cat <<'EOF'\n$NOT\nEOF\necho $YES`, ['YES']],
    ['cat <<EOF\n$YES\nEOF', ['YES']],
    ['. /etc/backup.conf\necho $FROM_THERE', []],
    ['source env.sh; echo $FROM_THERE', []],
    [
      `#!/usr/bin/python3\nimport os\nos.environ['A']; os.environ.get("B"); os.getenv('C'); os.getenv('D', '1')`,
      ['A', 'B', 'C'],
    ],
    [`#!/usr/bin/python3\nimport os\nos.environ['A'] = '1'; print(os.environ['A'], '$NOT')`, []],
    ['#!/usr/bin/perl\nprint $ENV{A}, $ENV{"B"}; $ENV{B} = 1; my $x = 2; print $x;', ['A']],
    [`#!/usr/bin/ruby\nputs ENV['A'], ENV.fetch('B'), ENV.fetch('C', 1)`, ['A', 'B']],
    [`#!/usr/bin/env node\nprocess.env.A; process.env['B']; process.env.B ??= '1'`, ['A']],
    ['#!/usr/bin/awk -f\n{ print $NF }', []],
    ['@echo off\nset X=1\necho %X% %BACKUP_DIR% %TEMP% %DATE:~0,4% %1', ['BACKUP_DIR']],
    ['$env:A = 1; Write-Host $env:A $env:B $x', ['B']],
    ['date +%Y%m%d', []],
    ['', []],
  ];
  for (const [code, expected] of cases)
    test(JSON.stringify(code), () => assert.deepEqual(environmentOf(code), expected));

  test('are one info a job, of the scripts that run', () => {
    const steps = ['echo $TWO $ONE', 'ONE=1; echo $ONE', 'echo $THREE'].map((code, index) =>
      batchStep(code, { id: index + 1, enabled: index < 2 }),
    );
    const found = planJob(job({ steps }), context()).advisories.filter(
      ({ code }) => code === 'environment-names',
    );
    assert.deepEqual(
      found.map(({ severity, stepId }) => [severity, stepId]),
      [['info', undefined]],
    );
    assert.match(found[0]?.message ?? '', /: ONE, TWO\./);
  });

  test('a long text does not take long', () => {
    for (const part of ['$A ', "'", '"', '<<A\n', 'read a ', '${', '%A', 'psql <<E\n', ' x', 'a=']) {
      const began = performance.now();
      environmentOf(part.repeat(2_000_000 / part.length));
      aboutWords(batchStep(part.repeat(200_000 / part.length)));
      assert.ok(performance.now() - began < 1_000, part);
    }
  });
});

describe('a process in the background that keeps the error output', () => {
  for (const code of [
    'nohup sleep 45 >/dev/null &\necho s1',
    "nohup sh -c 'sleep 8; echo late >> f' > /dev/null &",
    '(sleep 7; echo x) >/dev/null & disown',
    'server 1>> log & echo $!',
    'a && server > /dev/null &',
    '#!/usr/bin/python3\nimport subprocess\nsubprocess.Popen(["sleep", "9"], stdout=subprocess.DEVNULL)',
  ])
    test(`keeps it: ${code.slice(0, 60)}`, () => assert.deepEqual(said(code), ['background-output']));
  for (const code of [
    'nohup sleep 45 >/dev/null 2>&1 &',
    'server &> log &',
    'server > log 2> errors &',
    // pgAgent waits for standard output, too.
    'sleep 5 &\necho x',
    'a > x && b > y',
    '(sleep 1; echo child >> order) & echo parent >> order',
    "sh -c 'sleep 5 > x' &",
    'sleep 5 > x &\nwait',
    'exec 2>/dev/null\nsleep 5 > x &',
    'echo "a & b" > x',
    'curl "http://x/?a=1&b=2" > x',
    '#!/usr/bin/python3\nimport subprocess\np = subprocess.Popen(["ls"], stdout=subprocess.PIPE)\np.communicate()',
    '#!/usr/bin/python3\nimport subprocess\nsubprocess.Popen(["ls"], stdout=a, stderr=b)',
  ])
    test(`does not: ${code.slice(0, 60)}`, () => assert.deepEqual(said(code), []));
});
