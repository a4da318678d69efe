import { writeFileSync } from 'node:fs';
import { DOCUMENTS, type DocumentName, jsonSchemaText } from '../src/report/json-schema.ts';

for (const name of Object.keys(DOCUMENTS) as DocumentName[])
  writeFileSync(`docs/${DOCUMENTS[name].file}`, jsonSchemaText(name));
