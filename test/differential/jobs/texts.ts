import { type DifferentialJob, type DifferentialStep, psql, write } from '../differential-job.ts';

const script = (
  id: string,
  what: string,
  code: string,
  after: DifferentialJob['after'],
  { more, ...step }: Partial<DifferentialStep> & { readonly more?: Partial<DifferentialJob> } = {},
): DifferentialJob => ({ id, what, steps: [{ name: '1', kind: 'b', code, ...step }], after, ...more });

const FINDS_ITSELF = `#!/usr/bin/env python3
import os
state = 'free'
for entry in os.listdir('/proc'):
    if entry.isdigit():
        try:
            with open(f'/proc/{entry}/cmdline', 'rb') as line:
                if b'{dir}/state' in line.read():
                    state = 'already running'
        except OSError:
            pass
open('{dir}/state', 'w').write(state)
`;

/** Batch texts of another family, of zsh, that look for themselves, and exotic ones. */
export const TEXT_JOBS: readonly DifferentialJob[] = [
  script(
    'batch-file-of-windows',
    'a batch file of Windows, which pgAgent here hands to sh',
    'cd /d "D:\\Exports" && call export.bat',
    { end: 'failed' },
    { ends: 'exit 2', more: { leftOut: 'shell-mismatch' } },
  ),
  script(
    'batch-file-of-windows-meant',
    'the same, where --shell says that sh is meant',
    'cd /d "D:\\Exports" && call export.bat',
    { end: 'failed' },
    { ends: 'exit 2', more: { options: ['--shell', '=sh'], advisories: ['shell-mismatch-accepted'] } },
  ),
  script(
    'signs-of-windows-in-sql',
    'percent signs, a drive and a batch file in SQL in quotes',
    psql("INSERT INTO seen (what) SELECT 'found' WHERE 'C:/jobs/%TEMP%/run.bat' LIKE '%TEMP%'"),
    { seen: ['found'] },
  ),
  script(
    'one-weak-sign',
    'a date with percent signs, in a file that ends with .bat',
    `date +%Y%m%d | wc -c | tr -d ' ' > '{dir}/x.bat'`,
    { files: { 'x.bat': '9\n' } },
  ),
  script(
    'zsh-notes-after-exit',
    'zsh with notes after exit 0, which zsh -c would read first',
    `#!/bin/zsh\necho ran > '{dir}/ran'\nexit 0\nnotes (of mine; fi\n`,
    { files: { ran: 'ran\n' } },
    { more: { needs: ['zsh'] } },
  ),
  script(
    'zsh-by-option-notes-after-exit',
    'the same by --shell zsh',
    `echo ran > '{dir}/ran'\nexit 0\nnotes (of mine; fi\n`,
    { files: { ran: 'ran\n' } },
    { more: { needs: ['zsh'], options: ['--shell', '=zsh'] } },
  ),
  script(
    'bash-notes-after-exit',
    'bash with notes after exit 0',
    `#!/bin/bash\necho ran > '{dir}/ran'\nexit 0\nnotes (of mine; fi\n`,
    { files: { ran: 'ran\n' } },
  ),
  script(
    'arguments-from-the-name-on',
    'the name of the script as the first of its arguments',
    `#!/bin/bash\nname="\${@:0:1}"\necho "\${name##*.} \${#@}" > '{dir}/name'`,
    { files: { name: 'scr 0\n' } },
  ),
  script(
    'control-character-in-first-line',
    'a control character behind the interpreter: there is no such program',
    "#!/bin/sh\u0001\necho never > '{dir}/never'\n",
    { end: 'failed' },
    { ends: 'exit 127' },
  ),
  script(
    'control-character-in-first-command',
    'a control character in the first command',
    "printf '%s' 'a\u0001b\u001b' > '{dir}/odd'\n",
    { end: 'failed' },
    {
      ends: 'exit 126',
      more: {
        differs: {
          advisory: 'never-ran',
          step: '1',
          underTimetable: { end: 'succeeded', ends: { '1': 'ok' }, files: { odd: 'a\u0001b\u001b' } },
        },
      },
    },
  ),
  script(
    'python-finds-itself',
    'a script in python that looks for itself in /proc',
    FINDS_ITSELF,
    { files: { state: 'free' } },
    {
      more: {
        needs: ['python3'],
        differs: {
          advisory: 'process-list',
          step: '1',
          underTimetable: { files: { state: 'already running' } },
        },
      },
    },
  ),
  script(
    'proc-without-processes',
    '/proc/meminfo is no list of processes',
    `grep -c ^MemTotal /proc/meminfo > '{dir}/lines'`,
    { files: { lines: '1\n' } },
  ),
  script(
    'name-of-the-environment',
    'a name that the script sets nowhere, and one that nobody sets',
    `echo "$PGA2TT_ENVIRONMENT [$NIGHTLY_BACKUP_USER]" > '{dir}/names'`,
    { files: { names: 'from the scheduler []\n' } },
  ),
  {
    id: 'messages-in-a-loop',
    what: 'messages in a loop',
    steps: [
      { name: '1', code: "DO $$ BEGIN FOR i IN 1..50 LOOP RAISE NOTICE 'line %', i; END LOOP; END $$" },
      { name: '2', code: write('behind') },
    ],
    after: { seen: ['behind'] },
  },
];
