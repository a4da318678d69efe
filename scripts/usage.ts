import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const { stdout } = spawnSync(process.execPath, ['bin/pga2timetable.js', '--help'], { encoding: 'utf8' });
const readme = readFileSync('README.md', 'utf8');
const block = /(<!-- usage: [^\n]*-->\n```text\n)[\s\S]*?(```\n<!-- \/usage -->)/;
writeFileSync(
  'README.md',
  readme.replace(block, (_, head: string, tail: string) => head + stdout + tail),
);
