const BASE64URL = 'aB3-_xYz9';
const LETTERS = 'aB3xYz9Qw';

/** As many of these characters, over and over. */
const of = (characters: string, length: number): string => characters.repeat(length).slice(0, length);

/** Each kind of token: its prefix, and the shortest that follows. Lengths as the services issue them. */
export const TOKEN_KINDS: readonly (readonly [prefix: string, rest: string])[] = [
  ['ghp_', of(LETTERS, 36)],
  ['gho_', of(LETTERS, 36)],
  ['github_pat_', `${of(LETTERS, 22)}_${of(LETTERS, 59)}`],
  ['glpat-', of(BASE64URL, 20)],
  ['xoxb-', '123456789012-123456789012'],
  ['xoxp-', `123456789012-${of(LETTERS, 24)}`],
  ['sk_live_', of(LETTERS, 24)],
  ['rk_live_', of(LETTERS, 24)],
  ['SG.', `${of(BASE64URL, 22)}.${of(BASE64URL, 43)}`],
  ['AKIA', of('ABZ27', 16)],
  ['ASIA', of('ABZ27', 16)],
  ['AIza', of(BASE64URL, 35)],
  ['hvs.', of(BASE64URL, 24)],
  ['npm_', of(LETTERS, 36)],
  ['dckr_pat_', of(BASE64URL, 27)],
  ['sk-ant-api03-', of(BASE64URL, 93)],
  ['pypi-AgE', of(BASE64URL, 120)],
  ['ya29.', of(BASE64URL, 60)],
  ['eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'],
  ['AGE-SECRET-KEY-1', of('QPZ02', 58)],
];

/** Words that begin like a token. */
export const TOKEN_NEAR: readonly string[] = [
  'export npm_config_cache=/x npm_package_config_of_some_other_program=1',
  'xoxo-hugs ghp_x gho_next glpat-x',
  'pip install pypi-server pypi-AgE',
  'sk_live_mode SG.x.y SG.A ASIA AKIA ASIAPACIFIC',
  'AIza hvs.example.org ya29.x dckr_pat_x sk-ant-api',
  'SELECT eyJhbGciOiJIUzI1NiJ9.x FROM eyJzdWIiOiIxMjM0In0',
  'x_AKIAABZ27ABZ27ABZ27A AKIAABZ27ABZ27ABZ27ABC',
  'age -r age1qqqqqqqqqqqqqqqq AGE-SECRET-KEY-1',
];
