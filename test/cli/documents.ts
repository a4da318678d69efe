import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { DOCUMENTS, type DocumentName } from '../../src/report/json-schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The published schema of a document. */
export function published(name: DocumentName): Schema {
  const file = new URL(`../../docs/${DOCUMENTS[name].file}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Schema;
}

/** A schema that lets no member pass which it does not know. */
export function closed(schema: Schema): Schema {
  const members = Object.entries(schema).map(([name, value]) => [
    name,
    isSchema(value) ? closed(value) : value,
  ]);
  const found = Object.fromEntries(members) as Schema;
  return 'properties' in schema && !('additionalProperties' in schema)
    ? { ...found, additionalProperties: false }
    : found;
}

// Among them lists of schemas by name, which have no member `properties`.
function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A validator by another author than the schema's. */
export function validator(schema: Schema): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  // The types of this CommonJS package are those of its default export.
  (addFormats as unknown as (one: Ajv2020) => void)(ajv);
  return ajv.compile(schema);
}

const validators = new Map<DocumentName, ValidateFunction>();

/** Holds a document to its published schema, to what that does not name too. */
export function assertDocument(name: DocumentName, document: unknown): void {
  const validate = validators.get(name) ?? validator(closed(published(name)));
  validators.set(name, validate);
  assert.ok(
    validate(document),
    `the ${name} document: ${JSON.stringify(validate.errors?.slice(0, 5), null, 1)}`,
  );
}

/** How runs end that print their whole result, and those that write it to a file. */
const WHOLE: readonly (number | null)[] = [0, 3, 4, 5, 6];
const DONE: readonly (number | null)[] = [0, 6];

/**
 * Holds what a run printed to its schema, if it was asked for JSON.
 * @param args of the command line
 */
export function assertPrinted(
  args: readonly string[],
  { code, stdout }: { readonly code: number | null; readonly stdout: string },
): void {
  if (optionOf('format', args) !== 'json') return;
  const name = args.includes('verify') ? 'verify' : args.includes('undo') ? 'undo' : 'plan';
  const file = optionOf('output', args);
  if (stdout !== '' && WHOLE.includes(code)) assertDocument(name, JSON.parse(stdout));
  if (file !== undefined && DONE.includes(code)) assertDocument(name, JSON.parse(readFileSync(file, 'utf8')));
}

function optionOf(option: string, args: readonly string[]): string | undefined {
  const joined = args.find((argument) => argument.startsWith(`--${option}=`));
  const at = args.lastIndexOf(`--${option}`);
  return joined === undefined ? (at === -1 ? undefined : args[at + 1]) : joined.slice(option.length + 3);
}
