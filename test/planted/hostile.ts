/** Every punctuation mark, and what means something to psql, SQL, dollar quotes, comments, regular expressions, terminals and git. */
export const HOSTILE = [
  `'"\\ :x :'x' :"x" :{?x} \\q \\! ls \\gset ; COMMIT; -- /* */ $$ $code$ $code $check$ $check_1$ $`,
  '% %s %I #{x} $(x) `ls` <b>&amp; [x]*.?^|()+,=@~!_',
  '\\i x',
  '\\.',
  'ä ß 雪 👩‍👩‍👧 \u00ad\u202e\u2028\u0085 \u0001\u001b[31m\u007f\t',
  'CR\rCRLF\r\nend\\',
].join('\n');

/** The same on one line, without what a name may not hold. */
export const HOSTILE_NAME = HOSTILE.replace(/[\r\n]+/g, ' | ');
