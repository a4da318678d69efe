import { writeFileSync } from 'node:fs';
import { SCHEMAS, schemaText } from '../src/cli/schema-text.ts';

for (const name of Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[])
  writeFileSync(`docs/${SCHEMAS[name].file}`, schemaText(name));
