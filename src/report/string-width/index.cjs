// Made where they are needed: that takes as long as all else that a small run loads of this room.
let stringWidth;
let clusters;
// One that is an emoji by itself, or is asked for as one: the rest of a sequence stands in the same two columns.
const PICTURE = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
// Without one of these no cluster is a picture, and clusters need not be found: that takes most of the time.
const MAY_BE_PICTURE = /\p{Emoji_Presentation}|\ufe0f/u;
// What may be an emoji is narrow without that, but for some signs of CJK.
const NARROW = /^(?![\u3030\u303d\u3297\u3299\u{1f202}\u{1f237}])\p{Emoji}$/u;
// Marks, what is invisible, and the vowels and ends of a Korean syllable written in parts.
const NO_ROOM = /^[\p{M}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
// Letters of Europe, punctuation, arrows and the lines of a table. Measuring what has grown anew at each character takes
// a long name seconds, and all that other characters need takes a tenth of a small run to make.
const ONE_EACH =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0556\u2010-\u2027\u2190-\u21ff\u2500-\u259f]*$/;

/**
 * The terminal columns that a text takes: two for a wide character (CJK, full-width forms) and for an emoji sequence, none
 * for marks. `string-width` by itself takes ❤ without a variation selector for an emoji, and a cluster of several letters
 * (half-width Katakana, Thai, Devanagari) for one.
 * @param text without control characters
 */
function widthOf(text) {
  if (ONE_EACH.test(text)) return text.length;
  if (!MAY_BE_PICTURE.test(text)) return widthOfCharacters(text);
  let width = 0;
  clusters ??= new Intl.Segmenter();
  for (const { segment } of clusters.segment(text)) width += widthOfCluster(segment);
  return width;
}

function widthOfCluster(cluster) {
  return PICTURE.test(cluster) ? 2 : widthOfCharacters(cluster);
}

/** Widths by character: a bounded number of them, since a plan has few alphabets. */
const KNOWN = new Map();
const MOST_KNOWN = 20_000;

function widthOfCharacters(text) {
  let width = 0;
  stringWidth ??= require('string-width').default;
  for (const character of text) {
    let own = KNOWN.get(character);
    if (own === undefined) {
      own = NO_ROOM.test(character) ? 0 : NARROW.test(character) ? 1 : stringWidth(character);
      if (KNOWN.size < MOST_KNOWN) KNOWN.set(character, own);
    }
    width += own;
  }
  return width;
}

module.exports = widthOf;
