import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumProgram } from '../test/browser/chromium.ts';
import { agentProgram } from '../test/pgagent/real.ts';
import { debian15 } from '../test/servers/postgres.ts';

/** Test files of one kind. */
export interface Group {
  readonly name: string;
  readonly files: readonly string[];
  /** Tests that take less time than a process of their own. */
  readonly isQuick: boolean;
  /** Why this machine cannot run it, with how to mend that; null where it can. */
  readonly missing: string | null;
}

const noAgent =
  agentProgram() === null || debian15() === null
    ? 'pgAgent is not installed (Debian: apt-get install pgagent postgresql-15)'
    : null;

const noBrowser =
  chromiumProgram() === null ? 'Chromium is not installed (Debian: apt-get install chromium)' : null;

/** Groups with a folder of their name; every other folder of `test/` belongs to `unit`. */
const OTHERS: readonly Omit<Group, 'files'>[] = [
  { name: 'fuzz', isQuick: true, missing: null },
  { name: 'proof', isQuick: false, missing: null },
  { name: 'integration', isQuick: false, missing: null },
  { name: 'browser', isQuick: false, missing: noBrowser },
  { name: 'fault', isQuick: false, missing: noAgent },
  { name: 'engine', isQuick: false, missing: null },
  { name: 'e2e', isQuick: false, missing: noAgent },
  { name: 'differential', isQuick: false, missing: noAgent },
];

const all = readdirSync('test', { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();

const isOf =
  (name: string) =>
  (file: string): boolean =>
    file.startsWith(join('test', name, '/'));

/** All groups, in the order in which they are reported. */
export const GROUPS: readonly Group[] = [
  {
    name: 'unit',
    files: all.filter((file) => !OTHERS.some(({ name }) => isOf(name)(file))),
    isQuick: true,
    missing: null,
  },
  ...OTHERS.map((group) => ({ ...group, files: all.filter(isOf(group.name)) })),
];
