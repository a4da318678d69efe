/** One order of names. */
export interface StepCollation {
  /** A name of `--collation`, with a note in parentheses where the name has several orders. */
  readonly name: string;
  readonly compare: (one: string, other: string) => number;
}

/** The locales for which CLDR sorts Latin letters, or their case, differently from English. */
const TAILORED = [
  ...['cs', 'sk', 'da', 'nb', 'nn', 'sv', 'fi', 'et', 'lt', 'lv', 'pl', 'hu', 'hr', 'sl', 'bs', 'sr-Latn'],
  ...['sq', 'tr', 'az', 'tk', 'uz', 'vi', 'cy', 'br', 'es', 'es-u-co-trad', 'gl', 'fr-CA', 'ro'],
  ...[
    'de-u-co-phonebk',
    'de-AT-u-co-phonebk',
    'dsb',
    'hsb',
    'fil',
    'mt',
    'fo',
    'is',
    'kl',
    'se',
    'smn',
    'fy',
  ],
  ...['eo', 'haw', 'to', 'ee', 'ha', 'ig', 'om', 'wo', 'yo'],
];

/** The orders for a database of unknown collation: bytes, then ICU and Linux (glibc) in each language. */
export function everyCollation(): readonly StepCollation[] {
  return [
    ...collationsOf('C'),
    ...collationsOf('en-US'),
    ...byGlibc('en_US.UTF-8', 'en-US'),
    ...TAILORED.filter(isLocale).flatMap((locale) => [byIcu(locale, locale), ...glibcInLanguage(locale)]),
  ];
}

/**
 * The orders of a collation, without a server that sorts.
 * @param name as `--collation` takes it
 * @returns empty where the name is not known; several where one version of a system sorts differently from another
 */
export function collationsOf(name: string): readonly StepCollation[] {
  if (/^(?:C|POSIX|C\.UTF-?8|ucs_basic|pg_c_utf8|pg_unicode_fast)$/i.test(name))
    return [{ name, compare: byBytes }];
  const [, language, country] = /^([a-z]{2,3})_([A-Z]{2})(?:\.[\w-]+)?$/.exec(name) ?? [];
  if (language !== undefined) {
    const locale = `${language}-${country}`;
    return isLocale(locale) ? [byIcu(`${name} (punctuation counts)`, locale), ...byGlibc(name, locale)] : [];
  }
  const locale = /^(?:und|root|unicode)$/i.test(name) ? 'en-US' : name.replace(/-x-icu$/, '');
  return isLocale(locale) ? [byIcu(name, locale)] : [];
}

function glibcInLanguage(locale: string): readonly StepCollation[] {
  const { language, region = '' } = new Intl.Locale(locale).maximize();
  // Esperanto has no country: its region is 001.
  return locale === language && /^[A-Z]{2}$/.test(region)
    ? byGlibc(`${language}_${region}.UTF-8`, locale)
    : [];
}

/**
 * glibc looks at punctuation, blanks and symbols last, except those of currencies; in Czech and Slovak it sorts digits
 * after letters (measured on 2.36 with `sort`). Other versions may count more characters, or fewer.
 */
function byGlibc(name: string, locale: string): readonly StepCollation[] {
  const last = [
    byIcu(`${name} (punctuation last)`, locale, withoutPunctuation),
    byIcu(`${name} (symbols last)`, locale, withoutSymbols),
  ];
  if (!/^(?:cs|sk)\b/.test(locale)) return last;
  const digitsLast = (text: string): string => withDigitsLast(withoutPunctuation(text));
  // glibc has no letter of its own for the ä of Slovak, as ICU has none for that of Czech.
  const locales = [...new Set([locale, 'cs'])];
  return [...last, ...locales.map((one) => byIcu(`${name} (digits last)`, one, digitsLast))];
}

function byIcu(name: string, locale: string, prepared = (text: string): string => text): StepCollation {
  const { compare } = new Intl.Collator(locale);
  return {
    name,
    compare: (one, other) => compare(prepared(one), prepared(other)) || byBytes(one, other),
  };
}

function withoutPunctuation(text: string): string {
  return text.replace(/[\p{P}\p{Sm}\p{Sk}\p{So}\p{Z}\s]/gu, '');
}

function withoutSymbols(text: string): string {
  return text.replace(/[\p{P}\p{S}\p{Z}\s]/gu, '');
}

// Private characters sort after all letters.
function withDigitsLast(text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCharCode(0xe000 + Number(digit)));
}

function isLocale(tag: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf([tag]).length > 0;
  } catch {
    return false;
  }
}

// As UTF-8: JavaScript compares by UTF-16.
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
