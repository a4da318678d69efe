import type { Advisory, PlanHeader } from '../../model/plan.ts';
import { type Check, isOfConcern } from '../../model/preflight.ts';
import { serverText } from '../server-line.ts';
import { comment, paragraphs } from './comment.ts';

/** What the head says of the file besides how it is to be used. */
export interface Head {
  readonly header: PlanHeader;
  readonly checks: readonly Check[];
  /** Of the run as a whole. */
  readonly advisories: readonly Advisory[];
  /** Jobs that the target has chains of already, other than these would be: the file holds none then. */
  readonly conflictingJobs: number;
}

const RULE = `#${'-'.repeat(78)}\n`;

/** The comment at the top: what the file is, how it is imported, and what an import is not. */
export function headText(head: Head): string {
  const { source, target, options } = head.header;
  return [
    comment('Chains for pg_timetable, as pga2timetable makes them of the jobs of pgAgent.'),
    comment(`from: pgAgent ${serverText(source)}`, '  '),
    comment(`for:  pg_timetable ${serverText(target)}`, '  '),
    '#\n',
    comment(
      'To import it once, by a pg_timetable of version 6 or later, from a file whose name ends in .yaml:',
    ),
    '#\n',
    '#     pg_timetable --init --clientname=import --file=chains.yaml --connstr="postgresql://...?client_encoding=UTF8"\n',
    '#\n',
    paragraphs([
      'The file is UTF-8, and an importer whose session has another client_encoding writes other texts without a word: leave client_encoding=UTF8 there. The client name has to be one that no running client has. Without --init pg_timetable goes on as a client and runs what is due; without --clientname it imports nothing, and its exit status is 0 all the same.',
      'AN IMPORT IS NOT ONE TRANSACTION. A chain comes first, then its tasks one by one. A connected client may start a live chain before all its tasks are there. An import that breaks off leaves what it has made, and the next one stops at the first chain that exists. --replace deletes whatever chain has the name.',
      options.paused ? WHEN_PAUSED : WHEN_NOT_PAUSED,
      'AN IMPORT LEAVES NO RECORD. pga2timetable undo does not remove these chains. A later pga2timetable migrate regards them as foreign and stops. The jobs stay enabled in pgAgent: disable them in the moment in which the chains go live, or both sides run them.',
    ]),
    ...checksText(head.checks),
    ...(head.advisories.length === 0 ? [] : ['#\n', comment('About all of them:')]),
    ...head.advisories.map(({ severity, code, message }) => comment(`${severity} ${code}: ${message}`, '  ')),
    ...(head.conflictingJobs === 0
      ? []
      : [
          '#\n',
          comment(
            `NOTHING IS IN THIS FILE: ${head.conflictingJobs} of the jobs have chains in the target that are not as planned.`,
          ),
        ]),
    RULE,
  ].join('');
}

const WHEN_PAUSED =
  'So these chains are not live. When all of them are there, make them live with the one statement at the end of this file: sed -n "s/^#sql //p" chains.yaml | psql --no-psqlrc "postgresql://..."';
const WHEN_NOT_PAUSED =
  'Chains of this file may be live. Better make it with --paused: then none is, and its end has the one statement that makes them live when all are there.';

function checksText(checks: readonly Check[]): readonly string[] {
  const shown = checks.filter(isOfConcern);
  if (shown.length === 0) return [];
  return [
    '#\n',
    comment('What the preflight found:'),
    ...shown.map(({ status, message, remedy }) =>
      comment(
        `${status === 'stop' ? 'STOP' : status} ${message}${remedy === null ? '' : ` ${remedy}`}`,
        '  ',
      ),
    ),
  ];
}
