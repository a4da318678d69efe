import { DOCUMENTS, jsonSchema } from '../report/json-schema.ts';
import { OPTIONS_FILE } from './options-file-schema.ts';

/** All that `schema` prints, by the word that asks for it. */
export const SCHEMAS = { ...DOCUMENTS, config: OPTIONS_FILE } as const;

/** The JSON Schema of a document, as text. */
export function schemaText(name: keyof typeof SCHEMAS): string {
  return `${JSON.stringify(jsonSchema(name, SCHEMAS[name]), null, 2)}\n`;
}
