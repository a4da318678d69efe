import { type DifferentialJob, write } from '../differential-job.ts';

const ONE_SECOND = 'Made for jpgAgent.\n@JOB_TIMEOUT=1 s;';
/** A script takes longer to begin. */
const THREE_SECONDS = 'Made for jpgAgent.\n@JOB_TIMEOUT=3 s;';

/** A script in python that writes at its begin and at its end, and what it leaves when its chain is stopped between. */
const slow = (id: string, what: string, comment: string, left: string): DifferentialJob => ({
  id,
  what,
  description: THREE_SECONDS,
  needs: ['python3'],
  steps: [
    {
      name: '1',
      kind: 'b',
      code: `#!/usr/bin/env python3
import time ${comment}
with open('{dir}/ran', 'w') as ran:
    ran.write('begun\\n')
    ran.flush()
    time.sleep(8)
    ran.write('ended\\n')
`,
    },
    { name: '2', code: write('behind') },
  ],
  after: { seen: ['behind'], files: { ran: 'begun\nended\n' } },
  differs: {
    advisory: 'job-timeout',
    underTimetable: {
      end: 'failed',
      ends: { '1': 'exit 137', '2': 'not run' },
      seen: [],
      files: { ran: left },
    },
  },
});

/** Jobs that jpgAgent was told to stop; pgAgent took no notice, their chains have it as their timeout. */
export const TIMEOUT_JOBS: readonly DifferentialJob[] = [
  {
    id: 'timeout-in-time',
    what: 'a job that ends before its timeout',
    description: 'Made for jpgAgent.\n@JOB_TIMEOUT=30 s;',
    steps: [
      { name: '1', code: write('first') },
      { name: '2', kind: 'b', code: 'sleep 0.1' },
    ],
    after: { seen: ['first'] },
  },
  {
    id: 'timeout-sql',
    what: 'a SQL step that is longer than the timeout of its job',
    description: ONE_SECOND,
    steps: [
      { name: '1', code: write('before') },
      { name: '2', code: `SELECT pg_sleep(3); ${write('slept')}` },
      { name: '3', code: write('behind') },
    ],
    inOneTransaction: {
      does: { end: 'failed', ends: { '2': 'failed', '3': 'not run' }, seen: [] },
    },
    after: { seen: ['before', 'slept', 'behind'] },
    differs: {
      advisory: 'job-timeout',
      underTimetable: { end: 'failed', ends: { '2': 'failed', '3': 'not run' }, seen: ['before'] },
    },
  },
  {
    id: 'timeout-ignored',
    what: 'a failure that is ignored does not go on when the timeout was the reason',
    description: ONE_SECOND,
    steps: [
      { name: '1', code: 'SELECT pg_sleep(3)', onError: 'i' },
      { name: '2', code: write('behind') },
    ],
    after: { seen: ['behind'] },
    differs: {
      advisory: 'job-timeout',
      underTimetable: { end: 'failed', ends: { '1': 'failed', '2': 'failed' }, seen: [] },
    },
  },
  {
    id: 'timeout-batch',
    what: 'a batch step that is longer than the timeout',
    description: THREE_SECONDS,
    steps: [
      {
        name: '1',
        kind: 'b',
        code: `echo begun > '{dir}/ran'; sleep 8 > /dev/null 2>&1; echo ended >> '{dir}/ran'`,
      },
      { name: '2', code: write('behind') },
    ],
    after: { seen: ['behind'], files: { ran: 'begun\nended\n' } },
    differs: {
      advisory: 'job-timeout',
      underTimetable: {
        end: 'failed',
        ends: { '1': 'exit 137', '2': 'not run' },
        seen: [],
        files: { ran: 'begun\n' },
      },
    },
  },
  slow('timeout-argument', 'the same with an argument of python, which is killed itself', '', 'begun\n'),
  slow(
    'timeout-file',
    'the same with a script that runs as a file: it goes on to its end',
    '# reads no __file__',
    'begun\nended\n',
  ),
];
