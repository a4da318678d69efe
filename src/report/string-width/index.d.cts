/**
 * The terminal columns that a text takes: two for a wide character (CJK, full-width forms) and for an emoji sequence, none
 * for marks. `string-width` by itself takes ❤ without a variation selector for an emoji, and a cluster of several letters
 * (half-width Katakana, Thai, Devanagari) for one.
 * @param text without control characters
 */
declare function widthOf(text: string): number;

export = widthOf;
