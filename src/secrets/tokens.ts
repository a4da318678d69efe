/** What each kind of token begins with, and the least that follows: too much for a word of a text. */
const TOKENS: readonly (readonly [prefix: string, rest: string])[] = [
  ['gh[a-z]_', '[A-Za-z0-9]{36}'],
  ['github_pat_', String.raw`\w{82}`],
  ['glpat-', String.raw`[\w-]{20}`],
  ['xox[a-z]-', String.raw`\d[\w-]{20}`],
  ['[rs]k_live_', '[A-Za-z0-9]{24}'],
  [String.raw`SG\.`, String.raw`[\w-]{22}\.[\w-]{43}`],
  ['A[KS]IA', String.raw`[A-Z2-7]{16}(?!\w)`],
  ['AIza', String.raw`[\w-]{35}`],
  [String.raw`hvs\.`, String.raw`[\w-]{24}`],
  ['npm_', '[A-Za-z0-9]{36}'],
  ['dckr_pat_', String.raw`[\w-]{27}`],
  [String.raw`sk-ant-[a-z]{3,9}\d\d-`, String.raw`[\w-]{80}`],
  ['pypi-AgE', String.raw`[\w-]{50}`],
  [String.raw`ya29\.`, String.raw`[\w-]{24}`],
  // The header of a JWT, its payload and its signature: JSON in base64 begins with eyJ.
  ['eyJ', String.raw`[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{10}`],
  ['AGE-SECRET-KEY-1', '[02-9AC-HJ-NP-Z]{58}'],
];

export const TOKEN_SIGN = new RegExp(TOKENS.map(([prefix]) => prefix).join('|'));

/** Up to a token's prefix, which stays readable: it says what kind of secret this is. */
export const TOKEN_LEAD = new RegExp(
  String.raw`(?<![\w-])(?:${TOKENS.map(([prefix, rest]) => `${prefix}(?=${rest})`).join('|')})`,
  'g',
);
