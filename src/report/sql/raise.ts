import { dollarQuoted, sqlText } from './literal.ts';

/** PL/pgSQL that ends the script with an error. */
export function raise(message: string, hint: string): string {
  return raiseWith(sqlText(message), hint);
}

/** @param message SQL */
export function raiseWith(message: string, hint: string): string {
  return `RAISE EXCEPTION USING MESSAGE = ${message}, HINT = ${sqlText(hint)};`;
}

/**
 * A DO block: it needs no right to make a function.
 * @param declarations lines between DECLARE and BEGIN
 */
export function doBlock(body: readonly string[], declarations: readonly string[] = []): string {
  const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join('');
  const declared = declarations.length === 0 ? '' : `DECLARE\n${indented(declarations)}`;
  return `DO ${dollarQuoted(`\n${declared}BEGIN\n${indented(body)}END\n`, 'check')};\n`;
}

/** Lines of PL/pgSQL. */
export function when(condition: string, then: string): readonly string[] {
  return [`IF ${condition} THEN`, `  ${then}`, 'END IF;'];
}

export const SOURCE = "current_setting('pga2timetable.source')";
export const PLANNED_AT = "current_setting('pga2timetable.planned_at')";
