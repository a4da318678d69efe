import stringWidth from 'string-width';

const CLUSTERS = new Intl.Segmenter();
// One that is an emoji by itself, or is asked for as one: the rest of a sequence stands in the same two columns.
const PICTURE = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
// What may be an emoji is narrow without that, but for some signs of CJK.
const NARROW = /^(?![\u3030\u303d\u3297\u3299\u{1f202}\u{1f237}])\p{Emoji}$/u;
// Marks, what is invisible, and the vowels and ends of a Korean syllable written in parts.
const NO_ROOM = /^[\p{M}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]$/u;

/**
 * The terminal columns that a text takes: two for a wide character (CJK, full-width forms) and for an emoji sequence, none
 * for marks. `string-width` by itself takes ❤ without a variation selector for an emoji, and a cluster of several letters
 * (half-width Katakana, Thai, Devanagari) for one.
 * @param text without control characters
 */
export function widthOf(text: string): number {
  // Measuring what has grown anew at each character takes a long name seconds.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of CLUSTERS.segment(text)) width += widthOfCluster(segment);
  return width;
}

function widthOfCluster(cluster: string): number {
  if (PICTURE.test(cluster)) return 2;
  let width = 0;
  for (const character of cluster) {
    if (NO_ROOM.test(character)) continue;
    width += NARROW.test(character) ? 1 : stringWidth(character);
  }
  return width;
}
