import type { DifferentialJob, DifferentialStep } from '../differential-job.ts';

const script = (
  id: string,
  what: string,
  needs: readonly string[],
  code: string,
  after: DifferentialJob['after'],
  { ends, ...more }: Partial<DifferentialJob> & Pick<DifferentialStep, 'ends'> = {},
): DifferentialJob => ({
  id,
  what,
  needs,
  steps: [{ name: '1', kind: 'b', code, ...(ends !== undefined && { ends }) }],
  after,
  ...more,
});

const PYTHON = '#!/usr/bin/env python3\n';

/** Batch texts that are an argument of their interpreter, and such as need a file. */
export const SHORT_FORM_JOBS: readonly DifferentialJob[] = [
  script(
    'python-three-lines',
    'three lines of python with line ends of Windows',
    ['python3'],
    `#!/usr/bin/env python3\r\nimport os, sys\r\nopen('{dir}/ran', 'w').write(f'{os.getcwd()} {len(sys.argv)}')\r\n`,
    { files: { ran: '{cwd} 1' } },
  ),
  script(
    'python-own-file',
    'a script in python that reads its own file',
    ['python3'],
    `${PYTHON}import os\nopen('{dir}/ran', 'w').write('%o %s' % (os.stat(__file__).st_mode & 0o777, open(__file__).read()[:3]))\n`,
    { files: { ran: '700 #!/' } },
  ),
  script(
    'python-usage',
    'a parser of arguments in python, which names the script',
    ['python3'],
    `${PYTHON}import argparse\nparser = argparse.ArgumentParser()\nopen('{dir}/ran', 'w').write(parser.prog[-4:])\n`,
    { files: { ran: '.scr' } },
  ),
  script(
    'python-module-of-the-working-directory',
    'python that looks for a module, of which the working directory has one',
    ['python3'],
    `${PYTHON}import json\ntry:\n    import scripts\n    found = 'found'\nexcept ImportError:\n    found = 'none'\nopen('{dir}/ran', 'w').write(json.dumps(found))\n`,
    { files: { ran: '"none"' } },
  ),
  script(
    'python-too-long',
    'python of 150 KB, more than one argument holds',
    ['python3'],
    `${PYTHON}${'# a line that says nothing, of forty-four bytes\n'.repeat(3_400)}open('{dir}/ran', 'w').write('end')\n`,
    { files: { ran: 'end' } },
  ),
  script(
    'python-unbuffered',
    'python with an option after env -S',
    ['python3'],
    `#!/usr/bin/env -S python3 -u -O\nassert False\nopen('{dir}/ran', 'w').write('ran')\n`,
    { files: { ran: 'ran' } },
  ),
  script(
    'python-future',
    'python that begins with a statement about the future',
    ['python3'],
    `${PYTHON}"""What it does."""\nfrom __future__ import division\nopen('{dir}/ran', 'w').write(__doc__)\n`,
    { files: { ran: 'What it does.' } },
  ),
  script(
    'perl-warnings',
    'perl with its usual first lines, and a failure',
    ['perl'],
    `#!/usr/bin/perl -w\nuse strict;\nuse POSIX qw(strftime);\nopen(my $out, '>', '{dir}/ran') or die $!;\nprint $out strftime('%Y', gmtime(0)), " $^W\\n";\nclose $out;\nwarn "no more\\n";\nexit 9;\n`,
    { end: 'failed', files: { ran: '1970 1\n' } },
    { ends: 'exit 9' },
  ),
  script(
    'perl-own-name',
    'perl that prints its own name',
    ['perl'],
    `#!/usr/bin/perl\nopen(my $out, '>', '{dir}/ran'); print $out substr($0, -4);\n`,
    { files: { ran: '.scr' } },
  ),
  script(
    'ruby-encoding',
    'ruby with letters beyond ASCII, and a library',
    ['ruby'],
    `#!/usr/bin/env ruby\nrequire 'json'\nFile.write('{dir}/ran', ['é'.length, __LINE__, ARGV].to_json)\nexit 3\n`,
    { end: 'failed', files: { ran: '[1,3,[]]' } },
    { ends: 'exit 3' },
  ),
  script(
    'ruby-own-file',
    'ruby that asks for the name of its file',
    ['ruby'],
    `#!/usr/bin/env ruby\nFile.write('{dir}/ran', File.extname(__FILE__))\n`,
    { files: { ran: '.scr' } },
  ),
  script(
    'node-argument',
    'node with modules, a strict script and a promise',
    ['node'],
    `#!/usr/bin/env node\n'use strict';\nconst fs = require('fs');\nasync function main() { return process.argv.slice(2).length; }\nmain().then((n) => fs.writeFileSync('{dir}/ran', 'ran ' + n));\n`,
    { files: { ran: 'ran 0' } },
  ),
  script(
    'node-early-return',
    'node that ends by return in the middle',
    ['node'],
    `#!/usr/bin/env node\nconst fs = require('fs');\nfs.writeFileSync('{dir}/ran', 'begun');\nif (fs.existsSync('/')) {\n  return;\n}\nfs.writeFileSync('{dir}/ran', 'never');\n`,
    { files: { ran: 'begun' } },
  ),
  script(
    'awk-in-a-shell',
    'the $0 of awk, which is a line',
    ['awk'],
    `printf 'a b\\nc d\\n' | awk '{ print NR, $0 }' > '{dir}/ran'\n`,
    { files: { ran: '1 a b\n2 c d\n' } },
  ),
  script(
    'bash-options-after-env',
    'bash with options after env -S, and $0 in a message',
    ['bash'],
    `#!/usr/bin/env -S bash -e -o pipefail\necho "\${0##*.}" > '{dir}/ran'\nfalse | true\necho never >> '{dir}/ran'\n`,
    { end: 'failed', files: { ran: 'scr\n' } },
    { ends: 'exit 1' },
  ),
  script(
    'bash-unset-variable',
    'bash that stops at an unset variable: its exit status is another as an argument',
    ['bash'],
    `#!/bin/bash\nset -u\necho begun > '{dir}/ran'\necho "$NIGHTLY_UNSET" >> '{dir}/ran'\n`,
    { end: 'failed', files: { ran: 'begun\n' } },
    {
      ends: 'exit 1',
      differs: { advisory: null, underTimetable: { end: 'failed', ends: { '1': 'exit 127' } } },
    },
  ),
];
