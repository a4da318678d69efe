import { type End, literal, to, userEnd } from './ends.ts';
import { valueEnd } from './values.ts';

/** What a text has that types a secret into a program, as below. */
export const TYPED_SIGN = /\b(?:login|user|quote|open|echo|printf)\s|<<</i;

const READS_SECRET = String.raw`(?:--passphrase-fd|--password-stdin|--stdinpass|\bpasswd\s+--stdin|\bchpasswd\b|\bsudo\s+-S|\bkinit\b)`;
const PRINTED = String.raw`(?:'[^'\n]{0,300}'|"[^"\n]{0,300}"|[^|'"\n]){1,300}`;

/** Secrets that a script types into a program, or writes where a program reads them: what stands in front, and the end. */
export const TYPED: readonly { readonly lead: RegExp; readonly end: End }[] = [
  // echo secret | sudo -S
  {
    lead: new RegExp(
      String.raw`\b(?:echo|printf)\s+(?:-[a-z]{1,3}\s+)?(?:["']%s(?:\\n)?["']\s+)?(?!["']?[\w.-]{0,60}:?["']?[$%])(?=${PRINTED}\|[^|;&\n]{0,300}${READS_SECRET})`,
      'gi',
    ),
    end: to(new RegExp(String.raw`${PRINTED}(?<!\s)`)),
  },
  // sudo -S ls <<< secret
  {
    lead: new RegExp(String.raw`${READS_SECRET}[^|;&<\n]{0,200}<<<[ \t]*(?=[^\s])`, 'gi'),
    end: literal(valueEnd),
  },
  // machine example.org login me password secret
  { lead: /\blogin\s+\S{1,100}\s+password\s+(?!null\b)(?=\S)/g, end: literal(valueEnd) },
  // user me secret, in a script of ftp
  {
    lead: /^[ \t]*(?:@?echo[ \t]+)?(?:user|login)[ \t]+["']?[\w.@\\-]{1,100}["']?[ \t]+(?=[^\s>&|;])/gim,
    end: literal((text, start, { index }) => (isNearFtp(text, index) ? valueEnd(text, start) : start)),
  },
  { lead: /\bquote[ \t]+pass[ \t]+(?=\S)/gi, end: literal(valueEnd) },
  // open -u me,secret
  {
    lead: /\bopen[ \t]+(?:[^\s;|&]{1,200}[ \t]+)?-u[ \t]*["']?[^\s,'"]{1,100}["']?,/g,
    end: literal(userEnd),
  },
];

const NEAR = 1_000;

function isNearFtp(text: string, index: number): boolean {
  return /ftp\b/i.test(text.slice(Math.max(0, index - NEAR), index + NEAR));
}
