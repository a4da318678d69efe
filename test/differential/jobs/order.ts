import { type DifferentialJob, type DifferentialStep, write } from '../differential-job.ts';

const named = (...names: string[]): DifferentialStep[] => names.map((name) => ({ name, code: write(name) }));

/** Which steps run, and in which order: by name in the database's collation, then by id. */
export const ORDER_JOBS: readonly DifferentialJob[] = [
  {
    id: 'order-c',
    what: 'names in the order of their bytes in a database of collation C',
    steps: named('b', '10', 'ä', 'Z', '2', 'a', '_', '1', ' 3', 'B'),
    inOneTransaction: 'same',
    after: {
      order: [' 3', '1', '10', '2', 'B', 'Z', '_', 'a', 'b', 'ä'],
      seen: [' 3', '1', '10', '2', 'B', 'Z', '_', 'a', 'b', 'ä'],
    },
  },
  {
    id: 'order-en',
    what: 'the same names in the order of a dictionary in a database of another collation',
    collation: 'en-US',
    steps: named('b', '10', 'ä', 'Z', '2', 'a', '_', '1', ' 3', 'B'),
    inOneTransaction: 'same',
    after: {
      order: [' 3', '_', '1', '10', '2', 'a', 'ä', 'b', 'B', 'Z'],
      seen: [' 3', '_', '1', '10', '2', 'a', 'ä', 'b', 'B', 'Z'],
    },
  },
  {
    id: 'equal-names',
    what: 'steps of one name run in the order in which they were made',
    steps: [
      { name: 'same', code: write('first') },
      { name: 'same', code: write('second') },
      { name: 'before', code: write('zeroth') },
      { name: 'same', code: write('third') },
    ],
    inOneTransaction: 'same',
    after: { order: ['before', 'same', 'same', 'same'], seen: ['zeroth', 'first', 'second', 'third'] },
  },
  {
    id: 'numbered',
    what: 'numbers in names do not count as numbers',
    steps: named('2 - Vacuum', '10 - report', '1 - check', '1b', '01'),
    after: {
      order: ['01', '1 - check', '10 - report', '1b', '2 - Vacuum'],
      seen: ['01', '1 - check', '10 - report', '1b', '2 - Vacuum'],
    },
  },
  {
    id: 'disabled',
    what: 'disabled steps are passed over: first, in the middle and last, SQL and batch',
    steps: [
      { name: '1', code: 'SELECT 1 / 0', enabled: false },
      { name: '2', code: write('second') },
      { name: '3', kind: 'b', code: 'exit 1', enabled: false },
      { name: '4', code: write('fourth') },
      { name: '5', code: write('never'), enabled: false },
    ],
    inOneTransaction: 'same',
    after: { seen: ['second', 'fourth'] },
  },
  {
    id: 'twenty-steps',
    what: 'twenty steps, SQL and batch in turns',
    steps: Array.from({ length: 20 }, (_, index): DifferentialStep => {
      const name = `${String(index + 1).padStart(2, '0')} - step`;
      return index % 2 === 0
        ? { name, code: write(name) }
        : { name, kind: 'b', code: `echo '${name}' >> '{dir}/steps'` };
    }),
    after: {
      seen: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19].map((n) => `${String(n).padStart(2, '0')} - step`),
      files: {
        steps: [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
          .map((n) => `${String(n).padStart(2, '0')} - step\n`)
          .join(''),
      },
    },
  },
];
