import {
  assignedEnd,
  batchValueEnd,
  dollarQuotedEnd,
  type End,
  hostAt,
  isSourceOfPassword,
  literal,
  passwordFileEnd,
  to,
  userEnd,
} from './ends.ts';
import { KEYWORD, SUFFIX } from './keyword.ts';
import { NAMED, NAMED_SIGN } from './named.ts';
import { PROGRAM_OPTIONS } from './programs.ts';
import { GAP, isSetOfUpdate } from './sql.ts';
import { TOKEN_LEAD, TOKEN_SIGN } from './tokens.ts';
import { TYPED, TYPED_SIGN } from './typed.ts';
import { isOpen, valueEnd } from './values.ts';

/** What stands in front of a secret, and how far it goes from there. */
export interface SecretPattern {
  /** What a text has that holds such a secret. */
  readonly sign: keyof typeof SIGNS;
  readonly lead: RegExp;
  readonly end: End;
}

/** Quick to find, since nearly every text holds nothing of the kind. */
export const SIGNS = {
  url: /:\/\//,
  word: /pass|pw(?!sh)|secret|token|key|authorization|identified|bearer|rediscli_auth|accesssignature|cred|psw|mdp|senha|clave|has[l\u0142]o|wachtwoord|kennwort|contrase/i,
  option: /-(?:h?p|a|k|\w{0,8}[wup])|--(?:user|cert)|-\w{0,8}e[\s=]|\/r?p\s/i,
  'net use': /net(?:\.exe)?\s+use/i,
  line: /:(?:\d+|\*):/,
  named: NAMED_SIGN,
  token: TOKEN_SIGN,
  typed: TYPED_SIGN,
} as const satisfies Record<string, RegExp>;

// The next word of a command line, or the next string of a list; no option, and no command of PowerShell in brackets.
const NEXT_WORD = String.raw`(?:\s+(?:[\\^\x60]\r?\n\s*){0,9}|["']\s*,\s*(?=["']))(?![-|;&>\s]|[\\^\x60]\r?\n|\([a-z]+-[a-z])`;
const TYPE =
  '(?:text|citext|name|bytea|jsonb?|xml|uuid|bpchar|varchar|char|character(?:\\s{1,9}varying)?|[\\w.]{1,80}%type)';
const LONG_NAME = '(?:password|passwd|passphrase|secret|token|(?:api|access|account)key)';

export const PATTERNS: readonly SecretPattern[] = [
  // scheme://user:secret@host
  { sign: 'url', lead: /[a-z][\w+.-]{0,30}:\/\/[^\s:@/'"]*:/gi, end: literal(hostAt) },
  // The same with a blank in it, which libpq takes. A number is a port.
  {
    sign: 'url',
    lead: /postgres(?:ql)?:\/\/[^\s:@/'"]*:/gi,
    end: literal(to(/(?!\d+[\s,'"])[^@/\n]*(?=@)/)),
  },
  // set PGPASSWORD=a secret, in a batch file; a literal of SQL is the next pattern's
  {
    sign: 'word',
    lead: new RegExp(String.raw`\bset\s+(?:/p\s+)?"?\w{0,60}?${KEYWORD}${SUFFIX}=(?!')`, 'gi'),
    end: literal((text, start, lead) =>
      isSetOfUpdate(text, lead.index) ? start : batchValueEnd(text, start, lead),
    ),
  },
  // 'host=h password=' || 'secret', format('ALTER ROLE me PASSWORD %L', 'secret')
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`${KEYWORD}${SUFFIX}(?:\s{0,9}=\s{0,9}|\s{1,9})(?:'{2}|%[sL])?'(?:\s{0,9}\|\|\s{0,9}(?:quote_literal\(\s{0,9})?|,\s{0,9})(?=e?')`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  // password=secret in connection strings, PGPASSWORD=secret, --password=secret, $env:PGPASSWORD = 'secret', ENV['PASSWORD'] = "secret", [ "$PASSWORD" == secret ]
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`${KEYWORD}${SUFFIX}\\?["']?[\]}]?[ \t]*(?::=|=>|={1,3}(?!~)|!==?|<>|:(?!:))`,
      'gi',
    ),
    end: literal(assignedEnd),
  },
  // CREDENTIALS=me:secret, and not the path of a file
  {
    sign: 'word',
    lead: /(?<![A-Za-z-])(?:CRED(?:ENTIAL)?S?=|cred(?:ential)?s?=(?=["']))(?!["']?(?:[/~.<(]|[A-Za-z]:\\))/g,
    end: literal(assignedEnd),
  },
  // P=secret; export PGPASSWORD=$P
  {
    sign: 'word',
    lead: /(?<!\w)[a-z_]\w{0,60}[ \t]?=[ \t]?(?![=~\s])/gi,
    end: literal((text, start, lead) =>
      isSourceOfPassword(text, lead[0]) ? assignedEnd(text, start, lead) : start,
    ),
  },
  // <password>secret</password>
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`<((?:\w{1,30}:)?\w{0,30}?${KEYWORD})(?:\s[^<>]{0,200})?>(?=\s{0,50}[^<\s][^<]{0,500}</\1>)`,
      'gi',
    ),
    end: literal(to(/[^<]*/)),
  },
  // setx DB_PASSWORD secret
  {
    sign: 'word',
    lead: new RegExp(String.raw`\bset(?:x|env)\s+\w{0,60}?${KEYWORD}${SUFFIX}[ \t]+(?![-|;&])`, 'gi'),
    end: literal(valueEnd),
  },
  // setenv PGPASSWORD secret, putenv('PGPASSWORD', 'secret')
  { sign: 'word', lead: /\bPGPASSWORD(?:["']\s*,\s*|[ \t]+)(?![-=|;&])/g, end: literal(valueEnd) },
  // CREATE ROLE ... PASSWORD 'secret', IDENTIFIED BY 'secret'
  {
    sign: 'word',
    lead: new RegExp(String.raw`\b(?:password|identified${GAP}by)${GAP}(?=(?:e|n|u&)?\\?['"])`, 'gi'),
    end: literal(valueEnd),
  },
  {
    sign: 'word',
    lead: new RegExp(String.raw`${KEYWORD}${SUFFIX}(?:"?${GAP}|["']\s*,\s*)(?=\$\w*\$)`, 'gi'),
    end: dollarQuotedEnd,
  },
  // OPTIONS (secret_key 'secret')
  {
    sign: 'word',
    lead: new RegExp(String.raw`${KEYWORD}${SUFFIX}\\?"?${GAP}(?=(?:e|n|u&)?\\?')`, 'gi'),
    end: literal(valueEnd),
  },
  // PASSWORD'secret', where no string ends
  {
    sign: 'word',
    lead: /(?<=[\s,(])password(?=')/gi,
    end: literal((text, start) => (isOpen("'", text, start) ? start : valueEnd(text, start))),
  },
  // DECLARE password CONSTANT varchar(20) := 'secret'
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`${KEYWORD}${SUFFIX}"?${GAP}(?:constant${GAP})?${TYPE}\s{0,9}(?:\(\d{1,9}\)\s{0,9})?(?:not${GAP}null\s{1,9})?(?::?=|default\b)\s{0,9}(?=(?:e|n|u&)?\\?')`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  // SET my.token TO 'secret'
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`\bset\s+(?:(?:local|session)\s+)?[\w."]{0,60}${KEYWORD}${SUFFIX}"?\s+to\s+(?!default\b)`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  // set_config('app.secret_key', 'secret', false), jsonb_build_object('password', 'secret'), http_header('Authorization', 'Bearer secret')
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`["'](?:(?:\w{1,30}[-_.]){0,4}${KEYWORD}${SUFFIX}|authorization)\\?["'](?:::\w{1,30})?\s*,\s*(?=(?:e|n|u&)?\\?["'])`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  // --password secret, --ftp-password secret, --oauth2-bearer secret
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`--(?=[a-z\d])(?!(?:no|ask|prompt)-)(?:[\w.-]{0,60}?[-_.])?(?:${KEYWORD}|\w{0,30}${LONG_NAME}|bearer)${NEXT_WORD}`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  { sign: 'word', lead: /--[a-z\d-]{0,30}bearer=/gi, end: literal(valueEnd) },
  // -password secret, -storepass secret, -AccessToken secret
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`(?<=["'\s])-(?:(?:store|key)pass|(?!no)[a-z]{0,30}${LONG_NAME})${NEXT_WORD}`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  // aws configure set aws_secret_access_key secret, redis-cli config set requirepass secret
  {
    sign: 'word',
    lead: new RegExp(
      String.raw`\bconfig(?:ure)?\s+(?:(?:set|--\w{1,20}(?:[= ]\w{1,40})?)\s+){0,3}[^\s'"=]{0,80}?${KEYWORD}${NEXT_WORD}`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  // openssl -passin pass:secret
  { sign: 'option', lead: /(?<=\s)-pass(?:in|out)?\s+["']?pass:/g, end: literal(userEnd) },
  // sshpass -p secret ssh -p 22
  { sign: 'option', lead: /\bsshpass\s+(?:-v\s+|-P\s*\S+\s+){0,9}-p\s*/g, end: literal(valueEnd) },
  // net use x: \\server\share secret /user:me, or /user:me secret
  {
    sign: 'net use',
    lead: /\bnet(?:\.exe)?\s+use\s+(?:[a-z]:\s+|\*\s+)?(?:"\\\\[^"\n]*"|\\\\\S+)[ \t]+(?![/*>&|\s])/gi,
    end: literal(valueEnd),
  },
  {
    sign: 'net use',
    lead: /\bnet(?:\.exe)?\s+use\s[^\n]{0,300}?\/user:(?:"[^"\n]*"|\S+)[ \t]+(?![/*>&|\s])/gi,
    end: literal(valueEnd),
  },
  ...PROGRAM_OPTIONS.map(({ lead, isOf }) => ({
    sign: 'option' as const,
    lead,
    end: literal((text, start, match) => (isOf(text, match.index) ? userEnd(text, start, match) : start)),
  })),
  ...NAMED.map((pattern) => ({ sign: 'named' as const, ...pattern })),
  ...TYPED.map((pattern) => ({ sign: 'typed' as const, ...pattern })),
  // A line of a .pgpass file: host:port:database:user:secret
  {
    sign: 'line',
    lead: /(?:^|["'\s])(?:[\w.*-]+|\[[\da-f:.]{2,45}\]):(?:\d+|\*):[^\s:'"]+:[^\s:'"]+:/gm,
    end: literal(passwordFileEnd),
  },
  // https://token@host
  {
    sign: 'url',
    lead: /[a-z][\w+.-]{0,30}:\/\/(?=(?:gh[a-z]|glpat|xox[a-z])[-_])/gi,
    end: to(/[^\s:@/'"]*(?=@)/),
  },
  // ghp_secret, wherever it stands
  { sign: 'token', lead: TOKEN_LEAD, end: to(/[\w-]+(?:\.[\w-]+)*/) },
  // Authorization: Bearer secret
  {
    sign: 'word',
    lead: /\bauthorization:(?:\\?\s)*["']?(?:\w+(?:\\?\s)+|(?!(?:bearer|basic|digest|negotiate|token)\b)(?=\S))/gi,
    end: literal(to(/[^\s'"]+/)),
  },
  // {"Authorization": "Bearer secret"}
  {
    sign: 'word',
    lead: /\bauthorization\\?["']\]?\s*(?::|=>?)\s*(?=\\?["'])/gi,
    end: literal(valueEnd),
  },
  // curl -u user:secret
  {
    sign: 'option',
    lead: /(?:\s-u|--user)[\s=]+["']?[^\s:'"]+["']?:(?!\$(?!')|[%/])/gi,
    end: literal(userEnd),
  },
];
