/*
 * What a script hands on to somebody else: SQL, patterns, the text of a message, the commands of another machine. It says nothing of
 * the language of the script itself.
 */

const SQL_WORDS =
  /\b(?:select|insert\s+into|update\s+\S+\s+set|delete\s+from|copy\s+\S+\s+(?:to|from)|vacuum|analyze|reindex|refresh\s+materialized|call\s+[\w.]+\s*\(|(?:create|alter|drop)\s+\w+|truncate|grant|like\s+'|do\s+\$)/i;
/** What stands before quotes with something that is not the script's own. */
const HANDS_ON =
  /(?:\s-\w*[cCQe]|--command[= ]|<<<|\b(?:echo|printf|logger|mail|sed|grep|egrep|awk|gawk|perl|tr)\b[^\n;&|]*)\s*$/;
const LONGEST_LEAD = 200;
/** A script says what it is in its first pages. */
const MOST_LOOKED_AT = 200_000;

const QUOTED = /"(?:[^"\\]|\\(?!"[ \t]*(?:$|[&|)]))[\s\S])*"|(?<!\w)'[^']*'/gm;
/** Programs whose arguments are about another machine. */
const ELSEWHERE =
  /(^|[;&|(`]|\bdo[ \t])([ \t]*(?:ssh|sshpass|plink|winexe|psexec|smbclient|rsync|scp|sftp)\b)[^\n;&|]*/gm;

/** The beginning of a text without that; operators in other quotes are taken for words. */
export function withoutQuotedMatter(text: string): string {
  return withoutHereDocuments(text.slice(0, MOST_LOOKED_AT))
    .replace(/^[ \t]*#(?!!).*$/gm, '#')
    .replace(/(?<=\s)#[ \t].*$/gm, '')
    .replace(/\+["']?%[^\s"')`]*/g, '+')
    .replace(QUOTED, quoted)
    .replace(ELSEWHERE, '$1$2');
}

function quoted(all: string, at: number, text: string): string {
  const isHandedOn = HANDS_ON.test(text.slice(Math.max(0, at - LONGEST_LEAD), at));
  if (SQL_WORDS.test(all) || (isHandedOn && !all.includes('\n'))) return `${all[0]}${all[0]}`;
  return all.includes('\n') ? all : all.replace(/[;&|(^]/g, '_');
}

function withoutHereDocuments(text: string): string {
  let end: string | null = null;
  const kept = text.split('\n').filter((line) => {
    if (end !== null) {
      if (line.trim() === end) end = null;
      return false;
    }
    end = /<<-?[ \t]*(['"]?)([A-Za-z_]\w*)\1/.exec(line)?.[2] ?? null;
    return true;
  });
  return kept.join('\n');
}

const HERE_DOCUMENT =
  /^([^\n]*)<<-?[ \t]*(['"]?)([A-Za-z_]\w*)\2([^\n]*)\n((?:(?!\s*\3[ \t]*$)[^\n]*\n){0,2000})/gm;
const IS_SQL =
  /^\s*(?:--|\/\*|\\|(?:select|insert|update|delete|copy|with|begin|start|set|create|alter|drop|do|call|vacuum|analyze|truncate|refresh|merge|lock)\b(?![ \t]*=))/i;

/** The beginning of a script without SQL in quotes and here documents, without comments, in whole lines. */
export function withoutSql(text: string): string {
  return text
    .slice(0, MOST_LOOKED_AT)
    .replace(HERE_DOCUMENT, (all, before: string, _quote, _end, after: string, body: string) =>
      IS_SQL.test(body) || /\bpsql\b/.test(before + after) ? `${before}${after}\n` : all,
    )
    .replace(/\\\n/g, ' ')
    .replace(/^[ \t]*#(?!!).*$/gm, '#')
    .replace(/(?<=\s)#[ \t].*$/gm, '')
    .replace(QUOTED, (all) => (SQL_WORDS.test(all) ? `${all[0]}${all[0]}` : all));
}

/** The beginning of a shell script without what it does not expand: comments, single quotes, here documents with a quoted end. */
export function withoutSingleQuotes(text: string): string {
  return text
    .slice(0, MOST_LOOKED_AT)
    .replace(/^[ \t]*#.*$/gm, '')
    .replace(/<<-?[ \t]*(?:(['"])(\w+)\1|\\(\w+))[^\n]*\n(?:(?!\s*(?:\2\3)[ \t]*$)[^\n]*\n){0,2000}/gm, '')
    .replace(/"(?:[^"\\]|\\[\s\S])*"|'[^']*'/g, (all) => (all.startsWith("'") ? "''" : all));
}
