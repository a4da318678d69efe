/** A text with `{name}` in each place where it differs from job to job, and what stands there this time. */
export interface Varied {
  readonly template: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What goes into a text: what all jobs share, a text of this kind, or values by their names. */
type Hole = string | Varied | Readonly<Record<string, string | number>>;

/**
 * Makes a text that knows which of its parts are values: varied`ends at ${{ end }}` has the template `ends at {end}`.
 * A value of the name `job`, `schedule` or `step` is the id that the text is about.
 */
export function varied(parts: readonly string[], ...holes: readonly Hole[]): Varied {
  const values: Record<string, string> = {};
  const template = parts.map((part, index) => part + inPlace(holes[index] ?? '', values)).join('');
  return { template, values };
}

function inPlace(hole: Hole, values: Record<string, string>): string {
  if (typeof hole === 'string') return hole;
  if (isVaried(hole)) {
    Object.assign(values, hole.values);
    return hole.template;
  }
  for (const [name, value] of Object.entries(hole)) values[name] = String(value);
  return Object.keys(hole)
    .map((name) => `{${name}}`)
    .join(' ');
}

function isVaried(hole: Exclude<Hole, string>): hole is Varied {
  return typeof hole.values === 'object';
}

/** The text with its values in place. */
export function filled(template: string, value: (name: string) => string | undefined): string {
  return template.replace(/\{(\w+)\}/g, (place, name) => value(name) ?? place);
}

/** A text as a plan holds it: the whole sentence, and for a reader of many jobs what of it differs, if anything does. */
export function written(text: string | Varied): { readonly message: string } & Partial<Varied> {
  if (typeof text === 'string') return { message: text };
  const message = filled(text.template, (name) => text.values[name]);
  return Object.keys(text.values).length === 0 ? { message } : { message, ...text };
}
