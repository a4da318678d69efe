import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const help = (...words: string[]): string =>
  spawnSync(process.execPath, ['bin/pga2timetable.js', ...words, '--help'], {
    encoding: 'utf8',
  }).stdout.replaceAll(process.cwd(), 'node_modules/pga2timetable');
const readme = readFileSync('README.md', 'utf8');
const block = /(<!-- usage: [^\n]*-->\n```text\n)[\s\S]*?(```\n<!-- \/usage -->)/;
writeFileSync(
  'README.md',
  readme.replace(
    block,
    (_, head: string, tail: string) =>
      `${head}${help()}\n${help('verify')}\n${help('undo')}\n${help('explain')}\n${help('schema')}${tail}`,
  ),
);
