// What may hold the signs of a comment (scan.l): strings, names in quotes, dollar quotes; or is one.
const PIECE =
  /(?<![\w$])e'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|'[^']*(?:'|$)|"[^"]*(?:"|$)|(?<![\w$\x80-\uffff])\$([a-z_\x80-\uffff][\w\x80-\uffff]*)?\$(?:[\s\S]*?\$\1\$|[\s\S]*$)|--[^\n\r]*|\/\*/gi;
const EDGE = /\/\*|\*\//g;

/** A text of SQL with blanks in place of its comments, so that each place in it stays the same. */
export function withoutComments(text: string): string {
  let bare = '';
  let copied = 0;
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(text); match !== null; match = PIECE.exec(text)) {
    const [piece] = match;
    if (!piece.startsWith('--') && piece !== '/*') continue;
    if (piece === '/*') {
      const end = blockEnd(text, match.index);
      if (end === null) break;
      PIECE.lastIndex = end;
    }
    bare += text.slice(copied, match.index) + blanks(text.slice(match.index, PIECE.lastIndex));
    copied = PIECE.lastIndex;
  }
  return bare + text.slice(copied);
}

function blanks(comment: string): string {
  return comment.replace(/[^\n\r]/g, ' ');
}

// Comments hold comments. One without an end is an error, and stays.
function blockEnd(text: string, start: number): number | null {
  let depth = 0;
  EDGE.lastIndex = start;
  for (let match = EDGE.exec(text); match !== null; match = EDGE.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return EDGE.lastIndex;
  }
  return null;
}
