import { type DifferentialJob, type DifferentialStep, write } from '../differential-job.ts';

const FAILS = 'SELECT 1 / 0';

function failing(name: string, kind: 's' | 'b', onError: 'f' | 's' | 'i'): DifferentialStep {
  return kind === 's'
    ? { name, code: `${write(`lost in ${name}`)}; ${FAILS}`, onError, ends: 'failed' }
    : { name, kind, code: `echo ${name} >> '{dir}/ran'; exit 3`, onError, ends: 'exit 3' };
}

const goesOn = (kind: 's' | 'b', onError: 's' | 'i'): DifferentialJob => ({
  id: `${onError === 'i' ? 'ignore' : 'count-as-success'}-${kind === 's' ? 'sql' : 'batch'}`,
  what: `a failing ${kind === 's' ? 'SQL' : 'batch'} step marked ${onError} goes on: first, in the middle and last`,
  steps: [
    failing('1', kind, onError),
    { name: '2', code: write('second') },
    failing('3', kind, onError),
    { name: '4', code: write('fourth') },
    failing('5', kind, onError),
  ],
  ...(kind === 's' && { inOneTransaction: 'same' }),
  after: { seen: ['second', 'fourth'], ...(kind === 'b' && { files: { ran: '1\n3\n5\n' } }) },
});

const stops = (kind: 's' | 'b', place: 1 | 2 | 3): DifferentialJob => ({
  id: `fail-${kind === 's' ? 'sql' : 'batch'}-${place}`,
  what: `a failing ${kind === 's' ? 'SQL' : 'batch'} step in place ${place} of 3 stops the job`,
  steps: [1, 2, 3].map((n): DifferentialStep => {
    if (n === place) return failing(String(n), kind, 'f');
    return { name: String(n), code: write(`step ${n}`), ...(n > place && { ends: 'not run' }) };
  }),
  after: {
    end: 'failed',
    seen: ['step 1', 'step 2'].slice(0, place - 1),
    ...(kind === 'b' && { files: { ran: `${place}\n` } }),
  },
});

/** What becomes of a job when a step fails: f stops it, s and i go on. */
export const ERROR_JOBS: readonly DifferentialJob[] = [
  goesOn('s', 'i'),
  goesOn('s', 's'),
  goesOn('b', 'i'),
  goesOn('b', 's'),
  stops('s', 1),
  stops('s', 2),
  stops('s', 3),
  stops('b', 1),
  stops('b', 2),
  stops('b', 3),
  {
    id: 'ignored-then-fails',
    what: 'ignored failures before one that counts',
    steps: [
      failing('1', 's', 'i'),
      failing('2', 'b', 's'),
      { name: '3', code: write('third') },
      failing('4', 's', 'f'),
      { name: '5', code: write('never'), ends: 'not run' },
    ],
    after: { end: 'failed', seen: ['third'], files: { ran: '2\n' } },
  },
  {
    id: 'ignored-server-gone',
    what: 'a step whose connection is cut by the server, ignored',
    steps: [
      { name: '1', code: 'SELECT pg_terminate_backend(pg_backend_pid())', onError: 'i', ends: 'failed' },
      { name: '2', kind: 'b', code: `echo on >> '{dir}/ran'` },
    ],
    after: { files: { ran: 'on\n' } },
  },
  {
    id: 'statement-timeout',
    what: 'a statement that its own timeout ends, and one that a lock timeout ends',
    steps: [
      {
        name: '1',
        code: "SET statement_timeout = '100ms'; SELECT pg_sleep(5)",
        onError: 'i',
        ends: 'failed',
      },
      { name: '2', code: 'SELECT pg_sleep(0.2)' },
      { name: '3', code: write('behind') },
    ],
    after: { seen: ['behind'] },
  },
];
