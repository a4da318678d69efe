import { existsSync } from 'node:fs';
import { Failure } from '../model/failure.ts';

/**
 * The folder of the documentation. The program lies in src/ or in dist/, the documentation beside both.
 * @throws Failure where it is not installed
 */
export function docsFolder(): URL {
  for (let up = '../'; up.length < 30; up += '../') {
    const folder = new URL(`${up}docs/`, import.meta.url);
    if (existsSync(new URL('advisories/', folder))) return folder;
  }
  throw new Failure('failed', 'The documentation is not installed.', 'Install pga2timetable again.');
}
