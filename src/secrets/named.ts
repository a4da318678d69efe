import { type End, literal, privateKeyEnd, to, userEnd } from './ends.ts';
import { valueEnd } from './values.ts';

/** What a text has that names one of the products below. */
export const NAMED_SIGN =
  /sig(?:nature)?=|hooks?\b|sqlplus|sqlldr|(?:imp|exp)(?:dp|\s)|rman|userid|conn(?:ect)?\s|securestring|networkcredential|private key|crypt|hmac/i;

// The user of an Oracle database, up to the password.
const ORACLE_USER = String.raw`["'\\]{0,2}[a-z][\w$#]{0,127}(?:\[\w{1,128}\])?/(?![\s/])`;

// The first argument of a function of SQL.
const ARGUMENT = String.raw`(?:[^()'",;]|'[^']{0,500}'|"[^"]{0,100}"|\((?:[^()']|'[^']{0,200}'){0,300}\)){1,300}?`;

/** Secrets of certain products: what stands in front of each, and its end. */
export const NAMED: readonly { readonly lead: RegExp; readonly end: End }[] = [
  // https://me.blob.core.windows.net/c?sv=2022-11-02&sig=secret, X-Amz-Signature=secret
  { lead: /[?&;](?:[a-z-]{0,20}signature|sig)=/gi, end: literal(to(/[^\s&"']*/)) },
  // https://hooks.slack.com/services/T000/B000/secret
  { lead: /\bhooks\.slack\.com\/\w{1,20}\/(?:\w{1,40}\/){2,3}/gi, end: literal(to(/[^\s"']*/)) },
  // https://discord.com/api/webhooks/1/secret
  { lead: /\/api\/webhooks\/\d{1,30}\//gi, end: literal(to(/[^\s"'?/]*/)) },
  // -----BEGIN PRIVATE KEY----- secret -----END PRIVATE KEY-----
  { lead: /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----\s*/g, end: literal(privateKeyEnd) },
  // sqlplus scott/secret@db, after other options too
  {
    lead: new RegExp(
      String.raw`(?<![\w.-])(?:sqlplus|sqlldr|(?:imp|exp)dp|rman)(?:\.exe)?["']?\s(?:(?:[^\n;|&]|[\\^]\r?\n){0,300}?\s)??(?:(?:target|catalog|auxiliary)=)?${ORACLE_USER}`,
      'gi',
    ),
    end: literal(userEnd),
  },
  // exp system/secret, where a command begins
  {
    lead: new RegExp(String.raw`(?:^|[;|&/\\"'])[ \t]{0,40}(?:imp|exp)\s{1,9}${ORACLE_USER}`, 'gim'),
    end: literal(userEnd),
  },
  // userid=system/secret, and connect system/secret in a script of SQL*Plus or RMAN
  {
    lead: new RegExp(
      String.raw`(?:\buserid\s{0,9}=\s{0,9}|(?:^|["';]|\becho)[ \t]{0,40}conn(?:ect)?\s{1,9}(?:(?:target|catalog|auxiliary)\s{1,9})?)${ORACLE_USER}`,
      'gim',
    ),
    end: literal(userEnd),
  },
  // pgp_sym_encrypt(text, 'secret'), hmac(text, 'secret', 'sha256') of pgcrypto
  {
    lead: new RegExp(
      String.raw`\b(?:pgp_sym_(?:en|de)crypt(?:_bytea)?|(?:en|de)crypt(?:_iv)?|hmac)\s?\(${ARGUMENT},\s*(?:\w{1,30}\s*(?::=|=>)\s*)?(?=(?:e|u&)?')`,
      'gi',
    ),
    end: literal(valueEnd),
  },
  // crypt('secret', gen_salt('bf'))
  { lead: /\bcrypt\s?\(\s*(?=(?:e|n|u&)?')/gi, end: literal(valueEnd) },
  // ConvertTo-SecureString 'secret' -AsPlainText -Force
  {
    lead: /\bConvertTo-SecureString(?:\s+|\s{0,9}\(\s{0,9}(?=["']))(?:-(?:AsPlainText|Force)(?::\$\w{1,9})?\s+|-(?:Secure)?Key\s+(?:\$\w{1,60}|\([^)\n]{0,200}\))\s+){0,4}(?:-String(?::|\s)\s*)?(?![-|;&(\s])/gi,
    end: literal(valueEnd),
  },
  // 'secret' | ConvertTo-SecureString
  {
    lead: /["'](?=[^"'\n]{1,200}["'][ \t]{0,20}\|\s{0,20}ConvertTo-SecureString)/gi,
    end: literal(to(/[^"'\n]*/)),
  },
  // New-Object Net.NetworkCredential('bob', 'secret')
  {
    lead: /\bNetworkCredential(?:\]::new|["'])?[\s(@]{1,20}(?:-ArgumentList[\s(@]{1,20})?(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'|[$\w.:]{1,200})\s{0,20},\s{0,20}(?=["'])/gi,
    end: literal(valueEnd),
  },
];
