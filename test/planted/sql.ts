/** SQL in which hunter2 is the secret, with what is shown of each: what runs after the secret stays readable. */
export const SQL_KINDS: readonly (readonly [text: string, shown: string])[] = [
  [
    "UPDATE users SET reset_token='hunter2', reset_at=NULL WHERE id=1; DELETE FROM log",
    'UPDATE users SET reset_token=*****, reset_at=NULL WHERE id=1; DELETE FROM log',
  ],
  [
    "UPDATE ONLY app.users /* all */ AS u\n  SET token=NULL, -- none\n  password = 'hunter2' WHERE true",
    'UPDATE ONLY app.users /* all */ AS u\n  SET token=NULL, -- none\n  password = ***** WHERE true',
  ],
  [
    "UPDATE users SET password = md5('hunter2') WHERE login='a'",
    "UPDATE users SET password = ***** WHERE login='a'",
  ],
  [
    "UPDATE users SET pw = encode(digest('hunter2)', 'sha1'), 'hex') WHERE id=1",
    'UPDATE users SET pw = ***** WHERE id=1',
  ],
  [
    "UPDATE users SET password = concat('hunter2', login) WHERE x; DROP TABLE orders",
    'UPDATE users SET password = ***** WHERE x; DROP TABLE orders',
  ],
  [
    "DO $$ BEGIN EXECUTE 'UPDATE u SET password = md5(''hunter2'') WHERE id=1'; END $$",
    "DO $$ BEGIN EXECUTE 'UPDATE u SET password = ***** WHERE id=1'; END $$",
  ],
  ["ALTER ROLE me PASSWORD '$1hunter2'; SELECT 1", 'ALTER ROLE me PASSWORD *****; SELECT 1'],
  ["ALTER ROLE me PASSWORD '${hunter2'; SELECT 1", 'ALTER ROLE me PASSWORD *****; SELECT 1'],
  [
    "SELECT dblink_connect('host=h password=$a1hunter2 user=me')",
    "SELECT dblink_connect('host=h password=***** user=me')",
  ],
  [
    "SELECT dblink_connect('postgresql://u:$a1hunter2@h/d')",
    "SELECT dblink_connect('postgresql://u:*****@h/d')",
  ],
  ["SELECT 1 FROM users WHERE password <> 'hunter2'", 'SELECT 1 FROM users WHERE password <> *****'],
  ["DECLARE password text := 'hunter2'; BEGIN", 'DECLARE password text := *****; BEGIN'],
  ["v_pwd CONSTANT varchar(30) NOT NULL := 'hunter2';", 'v_pwd CONSTANT varchar(30) NOT NULL := *****;'],
  ["api_key text = 'hunter2';", 'api_key text = *****;'],
  ["token users.token%type DEFAULT 'hunter2';", 'token users.token%type DEFAULT *****;'],
  ["OPTIONS (user 'me', password'hunter2')", "OPTIONS (user 'me', password*****)"],
  ["SELECT set_config('a.token', 'hunter2'::text, true)", "SELECT set_config('a.token', *****::text, true)"],
  [
    "SELECT dblink_connect('host=h password=' || 'hunter2' || ' user=me')",
    "SELECT dblink_connect('host=h password=' || ***** || ' user=me')",
  ],
  [
    "EXECUTE 'ALTER ROLE me PASSWORD ' || quote_literal('hunter2');",
    "EXECUTE 'ALTER ROLE me PASSWORD ' || quote_literal(*****);",
  ],
  [
    "EXECUTE format('ALTER ROLE me PASSWORD %L', 'hunter2');",
    "EXECUTE format('ALTER ROLE me PASSWORD %L', *****);",
  ],
  [
    "SELECT dblink_connect(concat('host=h password=', 'hunter2'))",
    "SELECT dblink_connect(concat('host=h password=', *****))",
  ],
  ["SET token='hunter2'; SELECT 1", 'SET token=*****; SELECT 1'],
  ['@call update x\r\nset DB_PW=my hunter2\r\nrun', '@call update x\r\nset DB_PW=*****\r\nrun'],
];

/** SQL, and words that end like a name of a secret. */
export const SQL_NEAR: readonly string[] = [
  'UPDATE users SET reset_token=NULL, reset_at=NULL WHERE id=1; DELETE FROM log',
  'UPDATE users u SET token=DEFAULT, pwd=12, secret=b.secret, api_key=api_key || b.x FROM b',
  'UPDATE users SET token=token + 1 WHERE id=1',
  'BEGIN UPDATE users SET token=NULL WHERE id=1; END',
  'INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET token=excluded.token, n=2',
  "ALTER TABLE users ADD COLUMN password varchar(20) NOT NULL DEFAULT ''",
  'DECLARE password text := other; BEGIN',
  "SELECT 'the password', 'x'",
  "EXECUTE 'ALTER ROLE me PASSWORD ' || quote_literal(new_one);",
  "SELECT 'x' || password || 'y'",
  'SELECT 1 FROM users WHERE password <> NULL',
  'grep -v password= file',
  "compass = 'north'",
  "bypass = 'yes'",
  'PATH=/usr/pass:/bin',
];
