import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConninfoError, formatConninfo, needsQuotes, parseConninfo } from '../../src/postgres/conninfo.ts';
import { runs } from '../property-runs.ts';

type Pairs = Readonly<Record<string, string>>;

function read(text: string): Pairs {
  return Object.fromEntries(parseConninfo(text));
}

describe('keyword/value form', () => {
  const cases: readonly [string, string, Pairs][] = [
    ['nothing', '', {}],
    ['blanks', '  \n ', {}],
    ['one pair', 'dbname=app', { dbname: 'app' }],
    ['several pairs', 'host=db1 port=5433 user=me', { host: 'db1', port: '5433', user: 'me' }],
    ['any white space between them', ' host=db1\n\tport=5433  ', { host: 'db1', port: '5433' }],
    ['blanks around =', 'host = db1 port= 5433 user =me', { host: 'db1', port: '5433', user: 'me' }],
    ['a quoted value with blanks', "dbname='my db' user=me", { dbname: 'my db', user: 'me' }],
    ['a quoted empty value', "password='' user=me", { password: '', user: 'me' }],
    ['a pair right behind a quote', "dbname='d'user=me", { dbname: 'd', user: 'me' }],
    ['an escaped quote in quotes', "dbname='it\\'s'", { dbname: "it's" }],
    ['an escaped backslash in quotes', "dbname='a\\\\b'", { dbname: 'a\\b' }],
    ['an escape before any character is that character', "dbname='a\\bc'", { dbname: 'abc' }],
    ['an escaped blank without quotes', 'dbname=my\\ db user=me', { dbname: 'my db', user: 'me' }],
    ['an escaped quote without quotes', "dbname=it\\'s", { dbname: "it's" }],
    ['a quote inside a value without quotes', "dbname=it's", { dbname: "it's" }],
    ['= inside a value', 'options=-cwork_mem=7MB', { options: '-cwork_mem=7MB' }],
    ['= inside a quoted value', "options='-c a=b -c c=d'", { options: '-c a=b -c c=d' }],
    ['a newline in quotes', "password='a\nb'", { password: 'a\nb' }],
    ['an empty value at the end', 'user=me password=', { user: 'me', password: '' }],
    ['an escaped blank at the very end', 'dbname=d\\ ', { dbname: 'd ' }],
    ['a backslash at the very end is nothing', 'dbname=d\\', { dbname: 'd' }],
    ['of a keyword twice the last counts', 'host=a host=b', { host: 'b' }],
    ["a socket's folder", 'host=/var/run/postgresql', { host: '/var/run/postgresql' }],
    ['several hosts', 'host=a,b port=5432,5433', { host: 'a,b', port: '5432,5433' }],
    ['an IPv6 address', 'host=::1', { host: '::1' }],
    ['a percent sign is none of it', 'password=a%20b', { password: 'a%20b' }],
    ['a URI as a value', 'dbname=postgresql://x', { dbname: 'postgresql://x' }],
    // psql 15 was seen to take it: libpq separates at ASCII white space only.
    ['a no-break space is no blank', 'dbname=a\u00a0b user=me', { dbname: 'a\u00a0b', user: 'me' }],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(read(text), expected));
});

describe('URI form', () => {
  const cases: readonly [string, string, Pairs][] = [
    ['nothing', 'postgresql://', {}],
    ['the other scheme', 'postgres://db1', { host: 'db1' }],
    [
      'everything',
      'postgresql://me:secret@db1:5433/app?connect_timeout=10&application_name=x',
      {
        user: 'me',
        password: 'secret',
        host: 'db1',
        port: '5433',
        dbname: 'app',
        connect_timeout: '10',
        application_name: 'x',
      },
    ],
    ['a host', 'postgresql://localhost', { host: 'localhost' }],
    ['a host and a port', 'postgresql://localhost:5433', { host: 'localhost', port: '5433' }],
    ['a host and a database', 'postgresql://localhost/app', { host: 'localhost', dbname: 'app' }],
    ['a user', 'postgresql://me@localhost', { user: 'me', host: 'localhost' }],
    ['a user without a host', 'postgresql://me@/app', { user: 'me', dbname: 'app' }],
    ['a database alone', 'postgresql:///app', { dbname: 'app' }],
    ['a port alone', 'postgresql://:5433/app', { port: '5433', dbname: 'app' }],
    ['parameters alone', 'postgresql://?host=db1&port=5433', { host: 'db1', port: '5433' }],
    [
      'parameters behind a database',
      'postgresql:///app?host=localhost',
      { dbname: 'app', host: 'localhost' },
    ],
    ['an empty password', 'postgresql://me:@db1', { user: 'me', host: 'db1' }],
    ['a colon in the password', 'postgresql://me:a:b@db1', { user: 'me', password: 'a:b', host: 'db1' }],
    [
      'percent-encoding everywhere',
      'postgresql://o%27brien:p%40ss%2Fw%3Ard@db%31/my%20db?application_name=a%26b',
      {
        user: "o'brien",
        password: 'p@ss/w:rd',
        host: 'db1',
        dbname: 'my db',
        application_name: 'a&b',
      },
    ],
    ['UTF-8 in percent-encoding', 'postgresql://h/caf%C3%A9', { host: 'h', dbname: 'café' }],
    ['a plus is a plus', 'postgresql://h/a+b', { host: 'h', dbname: 'a+b' }],
    ['IPv6', 'postgresql://[::1]/app', { host: '::1', dbname: 'app' }],
    [
      'IPv6 with a port',
      'postgresql://me@[2001:db8::1234]:5433/app',
      { user: 'me', host: '2001:db8::1234', port: '5433', dbname: 'app' },
    ],
    [
      'several hosts',
      'postgresql://db1:5432,db2:5433/app',
      { host: 'db1,db2', port: '5432,5433', dbname: 'app' },
    ],
    [
      'several hosts, one with a port',
      'postgresql://db1,db2:5433/app',
      { host: 'db1,db2', port: ',5433', dbname: 'app' },
    ],
    [
      'several hosts, one of them IPv6',
      'postgresql://[::1]:5432,db2/app',
      { host: '::1,db2', port: '5432,', dbname: 'app' },
    ],
    [
      "a socket's folder as the host",
      'postgresql://me@%2Fvar%2Frun%2Fpostgresql/app',
      { user: 'me', host: '/var/run/postgresql', dbname: 'app' },
    ],
    ["a socket's folder as a parameter", 'postgresql:///app?host=%2Ftmp', { dbname: 'app', host: '/tmp' }],
    ['a slash in the database', 'postgresql://h/a/b', { host: 'h', dbname: 'a/b' }],
    ['a parameter beats what stands before', 'postgresql://a/app?host=b', { host: 'b', dbname: 'app' }],
    ['an & at the very end', 'postgresql://h/d?user=u&', { host: 'h', dbname: 'd', user: 'u' }],
    ["JDBC's ssl=true", 'postgresql://h/d?ssl=true', { host: 'h', dbname: 'd', sslmode: 'require' }],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(read(text), expected));
});

describe('what libpq would not read throws, and the message repeats no value', () => {
  const SECRET = 'hunter2hunter2';
  const cases: readonly [string, string][] = [
    ['a keyword without =', `host=h ${SECRET}`],
    ['a keyword without = in front', `${SECRET} host=h`],
    ['a password with a blank and no quotes', `password=my ${SECRET} host=h`],
    ['= without a keyword', `host=h =${SECRET}`],
    ['a quote that does not end', `host=h password='${SECRET}`],
    ['a quote that ends in an escape', `password='${SECRET}\\'`],
    ['a bad percent sign in a URI', `postgresql://u:${SECRET}%zz@h/d`],
    ['half a percent sign in a URI', `postgresql://u:${SECRET}%4@h/d`],
    ['a zero byte in a URI', `postgresql://u:${SECRET}%00@h/d`],
    ['a parameter without =', `postgresql://h/d?password${SECRET}`],
    ['an & too many', `postgresql://h/d?password=${SECRET}&&user=u`],
    ['a parameter with two =', `postgresql://h/d?password=${SECRET}=x`],
    ['an IPv6 host that does not end', `postgresql://u:${SECRET}@[::1/d`],
    ['an IPv6 host with something behind', `postgresql://u:${SECRET}@[::1]x/d`],
  ];
  for (const [name, text] of cases) {
    test(name, () => {
      assert.throws(
        () => parseConninfo(text),
        (error: unknown) => {
          assert.ok(error instanceof ConninfoError);
          assert.ok(!error.message.includes(SECRET) && !error.message.includes('hunter'), error.message);
          return true;
        },
      );
    });
  }

  test('a word that stands where a keyword should be may be the rest of a password', () => {
    for (const text of ['password=my swordfish host=h', 'swordfish host=h', 'host=h swordfish']) {
      assert.throws(
        () => parseConninfo(text),
        (error: unknown) => error instanceof ConninfoError && !error.message.includes('swordfish'),
      );
    }
  });

  test('any text is read or refused by a ConninfoError', () => {
    const parts = fc.constantFrom(
      'host',
      '=',
      "'",
      '\\',
      ' ',
      'a',
      '%',
      'postgresql://',
      '@',
      ':',
      '/',
      '?',
      '[',
      ']',
      ',',
      '&',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (texts) => {
        try {
          parseConninfo(texts.join(''));
        } catch (error) {
          assert.ok(error instanceof ConninfoError, String(error));
        }
      }),
      runs(1_000),
    );
  });
});

describe('writing', () => {
  const cases: readonly [string, Pairs, string][] = [
    ['plain values stand as they are', { host: 'db1', dbname: 'app' }, 'host=db1 dbname=app'],
    ['a blank', { dbname: 'my db' }, "dbname='my db'"],
    ['a quote', { dbname: "it's" }, "dbname='it\\'s'"],
    ['a backslash', { dbname: 'a\\b' }, "dbname='a\\\\b'"],
    ['an empty value', { password: '' }, "password=''"],
    ['a newline', { password: 'a\nb' }, "password='a\nb'"],
    ['=, , and / need no quotes', { host: '/tmp,b=c' }, 'host=/tmp,b=c'],
  ];
  for (const [name, pairs, expected] of cases) {
    test(name, () => {
      assert.equal(formatConninfo(Object.entries(pairs)), expected);
      assert.equal(Object.values(pairs).some(needsQuotes), expected.includes("='"));
    });
  }

  const keywords = fc.constantFrom('host', 'port', 'user', 'password', 'dbname', 'options', 'sslmode');
  const nasty = fc.array(fc.constantFrom("'", '\\', ' ', '=', '\n', '\t', 'a', 'ü', '\u00a0', '😀', '%'), {
    maxLength: 8,
  });
  const values = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    nasty.map((parts) => parts.join('')),
  );
  const pairs = fc.uniqueArray(fc.tuple(keywords, values), { selector: ([keyword]) => keyword });

  test('what was written reads as what it was', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        assert.deepEqual([...parseConninfo(formatConninfo(given))], given);
      }),
      runs(1_000),
    );
  });

  test('as a URI it reads as the same', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const query = given.map(([keyword, value]) => `${keyword}=${encodeURIComponent(value)}`).join('&');
        assert.deepEqual([...parseConninfo(`postgresql://?${query}`)], given);
      }),
    );
  });
});
