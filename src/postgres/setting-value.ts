/** What pg_settings says of the values that a setting can have. */
export interface SettingType {
  readonly vartype: 'bool' | 'enum' | 'integer' | 'real' | 'string';
  /** What a number without a unit counts: `ms`, `kB`, `8kB`. */
  readonly unit: string | null;
  readonly enumvals: readonly string[] | null;
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

const WORDS: readonly (readonly [word: string, meaning: 'on' | 'off'])[] = [
  ['on', 'on'],
  ['true', 'on'],
  ['yes', 'on'],
  ['1', 'on'],
  ['off', 'off'],
  ['false', 'off'],
  ['no', 'off'],
  ['0', 'off'],
];

/**
 * A value in a form in which equal values are the same text: `1min` and `60000` of a setting in milliseconds.
 * @param type null for one that the server does not know, such as `app.tenant`
 * @returns null where the setting cannot have that value, so that a login skips it
 */
export function normalValue(type: SettingType | null, value: string): string | null {
  switch (type?.vartype) {
    case 'bool':
      return truth(value);
    case 'enum':
      return type.enumvals?.find((one) => one.toLowerCase() === value.toLowerCase()) ?? truth(value) ?? value;
    case 'integer':
    case 'real':
      return amount(value, type.unit);
    case 'string':
      return value.replaceAll(/\s*,\s*/g, ', ').trim();
    case undefined:
      return value;
  }
}

// As PostgreSQL reads them: any beginning of a word, but `o` could be either.
function truth(value: string): string | null {
  const text = value.trim().toLowerCase();
  const meanings = WORDS.filter(([word]) => text !== '' && word.startsWith(text)).map(
    ([, meaning]) => meaning,
  );
  return meanings.length > 0 && new Set(meanings).size === 1 ? (meanings[0] ?? null) : null;
}

function amount(value: string, unit: string | null): string | null {
  const [, number, given] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(value) ?? [];
  if (number === undefined) return null;
  if (!given) return String(Number(number) * sizeOf(unit));
  const size = UNITS[given];
  return unit === null || size === undefined ? null : String(Number(number) * size);
}

// `8kB` is a block of the server.
function sizeOf(unit: string | null): number {
  const [, count, name = ''] = /^(\d*)([A-Za-z]*)$/.exec(unit ?? '') ?? [];
  return (count ? Number(count) : 1) * (UNITS[name] ?? 1);
}
