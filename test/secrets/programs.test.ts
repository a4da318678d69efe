import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MASK, maskSecrets } from '../../src/secrets/mask.ts';

const SECRET = 'hunter2';

/** Commands with a secret, of which nothing else is hidden. */
const HIDDEN: readonly string[] = [
  'docker login -u me -p hunter2 registry',
  'docker login --username=me -phunter2',
  'sqlcmd -S db1 -U sa -P hunter2 -Q "SELECT 1; SELECT 2"',
  'sqlcmd -S db1 -Q "SELECT 1; SELECT 2" -U sa -P hunter2',
  'bcp app.t out x.dat -Usa -Phunter2',
  'ldapsearch -x -D cn=admin -w hunter2 -b dc=x',
  'ldapsearch -xw hunter2',
  'zip -P hunter2 out.zip a',
  'zip -rP hunter2 out.zip a',
  'unzip -P hunter2 x.zip',
  '7z a -phunter2 x.7z a',
  '"C:\\Program Files\\7-Zip\\7z.exe" a -phunter2 x.7z',
  'mysql -uroot -phunter2 app',
  '/usr/bin/mysqldump -u me -phunter2 app',
  'sudo /opt/mysql/bin/mysqldump -phunter2 app | gzip',
  'mariadb-dump -phunter2',
  'docker exec -i db mysql -phunter2 app',
  'mysql app 2>&1 -phunter2',
  'mysql -e "a; b" -phunter2',
  'mysql -h db1 \\\n  -phunter2 app',
  'sh -c "cd /x; mysql -phunter2 app"',
  'curl -u me:hunter2 https://x',
  'curl -ume:hunter2 x',
  'curl -U me:hunter2 x',
  'sshpass -p hunter2 ssh -p 22 me@db1',
  'sshpass -phunter2 ssh',
  'openssl pkcs12 -in a -passin pass:hunter2 -passout pass:hunter2',
  'openssl enc -k hunter2 -in a',
  'openssl enc -pass pass:hunter2',
  'tool --password hunter2 x',
  'tool -password hunter2 x',
  'keytool -storepass hunter2 -list',
  'redis-cli -h x -a hunter2 ping',
  'net use Z: \\\\srv\\share /user:dom\\me hunter2',
  'net use \\\\srv\\share hunter2 /user:me',
  'net use Z: "\\\\srv\\my share" hunter2 /user:me',
  'smbclient //srv/share -U me%hunter2 -c ls',
  'smbclient //a/b --user=me%hunter2',
  'plink -pw hunter2 me@db1',
  'schtasks /create /ru me /rp hunter2 /tn x',
  'mongodump -u me -p hunter2',
  'lftp -u me,hunter2 ftp://x',
  'psexec \\\\srv -u me -p hunter2 cmd',
];

/** The secret has a blank, and goes to the end of its quotes. */
const QUOTED: readonly (readonly [command: string, shown: string])[] = [
  [`mysql -p'my hunter2' app`, 'mysql -p***** app'],
  [`mysql '-pmy hunter2' app`, `mysql '-p*****' app`],
  ['curl -sSu "me:hunter2 x" x', 'curl -sSu "me:*****" x'],
  [`sshpass -v -p 'my hunter2' ssh`, 'sshpass -v -p ***** ssh'],
  [`openssl rsa -passin 'pass:my hunter2' -in a`, `openssl rsa -passin 'pass:*****' -in a`],
  ['smbclient //srv/share -U "me%hunter2 x" -c ls', 'smbclient //srv/share -U "me%*****" -c ls'],
];

/** The same options of other programs, or without a secret. */
const SHOWN: readonly string[] = [
  'mkdir -p dir',
  'mkdir -p /var/lib/mysql',
  'mkdir /var/lib/mysql -pv',
  'cp -p a b',
  'cp -pr /var/lib/mysql /backup',
  'ssh -p 22 me@db1',
  'ssh -p22 h',
  'psql -p 5432 -U me -w -d app',
  'psql -p5432',
  'pg_dump -w -p 5433',
  'tar -P -czf x.tar a',
  'grep -w word file',
  'curl -u me https://x',
  'curl -u me: https://x',
  'mysql -p app',
  'mysql -P 3306 -u me -p app',
  'mysqldump app | ssh -p 22 h',
  'mysqldump app | ssh -p22 h',
  'mysql app 2>&1 | tee -a log',
  'zip -r a.zip b; tar -P x',
  'zip -r a.zip b && cp -P a b',
  'docker run -p 5432:5432 -d postgres',
  'docker run -h mysql -p3306:3306 mysql',
  'docker run --name mysql -p3306:3306 mysql',
  'docker login -u me --password-stdin',
  'docker login registry; ssh -p 22 h',
  'sudo -u mysql cp -pr a b',
  'redis-cli -h x ping',
  'ls -a /x',
  'openssl rsa -passin file:/x -in a',
  'openssl rsa -passin env:P',
  'openssl dgst -sha256 a',
  'net use',
  'net use Z: /delete',
  'net use Z: \\\\srv\\share /persistent:no',
  'net use Z: \\\\srv\\share\r\ncopy a b',
  'net use Z: \\\\srv\\share /user:me *',
  'smbclient //a/b -U me',
  'psql --no-password app',
  'psql -w app',
  'date -u',
  'unzip -p x.zip a',
  'unzip x.zip -d y',
  '7z x a.7z -oout',
  '7z a -p x.7z',
  'ps -p 123',
  'nc -w 5 h 80',
  'wc -w f',
  'ldapsearch -x -W -b dc=x',
  'ldapsearch -y /file -b x',
  'sqlcmd -E -Q "x"',
  'sqlcmd -P $PASS',
  'mysql -p$PASS app',
  'mysql -p"$PASS" app',
  'netstat -p tcp',
  'mount -U x',
  'plink -P 22 h',
  'xcopy /p a b',
  'echo mysql; netstat -p',
  'apt-get install zip unzip',
  'rsync -zP a b',
  'gzip -p',
  'pgbench -U me -P 5 app',
  'install -p a b',
  'pigz -p 4 x',
  'bzip2 -k x',
  'gzip -k x',
  'SELECT a-b FROM t WHERE x -p > 3',
];

describe('the secret among the arguments of a program is hidden, the rest is not', () => {
  for (const command of HIDDEN)
    test(command, () => assert.equal(maskSecrets(command), command.replaceAll(SECRET, MASK)));
  for (const [command, shown] of QUOTED) test(command, () => assert.equal(maskSecrets(command), shown));
  test('in the second command of a script as well', () =>
    assert.equal(
      maskSecrets('ssh -p 22 a\nzip -P hunter2 x.zip y\nssh -p 23 b'),
      'ssh -p 22 a\nzip -P ***** x.zip y\nssh -p 23 b',
    ));
});

describe('what only looks like it is shown', () => {
  for (const command of SHOWN) test(command, () => assert.equal(maskSecrets(command), command));
});

// As in test/secret.test.ts.
const LENGTH = 36_000;
const long: readonly (readonly [string, string])[] = [
  ['options of another program', `docker ${'-p '.repeat(LENGTH / 3)}`],
  ['blanks', `${' '.repeat(LENGTH)}PGPASSWORD=x`],
  ['an option that does not end', `curl -${'u'.repeat(LENGTH)}`],
  ['many beginnings', 'net use x /user:'.repeat(LENGTH / 16)],
];
for (const [name, text] of long) {
  test(`ends in a moment on ${text.length} characters: ${name}`, () => {
    const begun = performance.now();
    maskSecrets(text);
    assert.ok(performance.now() - begun < 500, `${Math.round(performance.now() - begun)} ms`);
  });
}
