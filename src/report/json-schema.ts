import * as z from 'zod';
import { PLAN_VERSION, planSchema } from '../model/plan.ts';
import { undoSchema } from '../model/undo-result.ts';
import { verificationSchema } from '../model/verdict.ts';

/** The documents that the tool prints, by the word that asks for their schema. */
export const DOCUMENTS = {
  plan: {
    schema: planSchema,
    version: PLAN_VERSION,
    file: 'plan.schema.json',
    title: 'The plan of pga2timetable',
    description:
      'What pga2timetable --format json prints: what becomes of each job of pgAgent in pg_timetable. Also a saved plan, which --plan writes.',
  },
  verify: {
    schema: verificationSchema,
    version: 1,
    file: 'verification.schema.json',
    title: 'The verification of pga2timetable',
    description:
      'What pga2timetable verify --format json prints: whether the chains of each job fire when its schedules do.',
  },
  undo: {
    schema: undoSchema,
    version: 1,
    file: 'undo.schema.json',
    title: 'The undoing of pga2timetable',
    description: 'What pga2timetable undo --format json prints: what is undone, or would be.',
  },
} as const;

export type DocumentName = keyof typeof DOCUMENTS;

/** A document of which there is a schema. */
export interface Described {
  readonly schema: z.ZodType;
  readonly version: number;
  readonly title: string;
  readonly description: string;
}

/**
 * The JSON Schema of a document, draft 2020-12. It lets members pass that it does not know, so that a reader which holds
 * documents against it is not stopped by what a later version adds.
 */
export function jsonSchema(
  name: string,
  { schema, version, title, description }: Described,
): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  return { $schema, $id: `urn:pga2timetable:${name}:${version}`, title, description, ...rest };
}

// What zod says beside that is no rule for a reader: who may write, what a number of JavaScript holds, the days of each month.
function tidy(schema: Record<string, unknown>): void {
  delete schema.readOnly;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format === 'date-time') delete schema.pattern;
}
