import type { Asked } from '../../model/groups.ts';
import { countsText, decisionText, stayingText } from '../group-lines.ts';
import { comment } from './comment.ts';

const MOST_DECISIONS = 20;
const MOST_STAYING = 40;

/** How many jobs move unchanged, what is to be decided and which jobs stay: at most so many lines, whatever the number of jobs. */
export function groupComments({ groups, decisions, staying }: Asked): readonly string[] {
  const more = (count: number, shown: number): readonly string[] =>
    count > shown ? [comment(`and ${count - shown} more: --format json lists them`, '  ')] : [];
  return [
    comment(`${countsText(groups)}.`),
    ...(decisions.length === 0 ? [] : [comment('To decide before it runs:')]),
    ...decisions.slice(0, MOST_DECISIONS).map((one) => comment(decisionText(one), '  ')),
    ...more(decisions.length, MOST_DECISIONS),
    ...(staying.length === 0 ? [] : [comment('No chain is written for jobs that stay:')]),
    ...staying.slice(0, MOST_STAYING).map((job) => comment(stayingText(job), '  ')),
    ...more(groups.stay, MOST_STAYING),
  ];
}
