import childProcess from 'node:child_process';
import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

type Functions = Record<string, unknown>;

/** What writes a file, opens a connection or starts a program. */
const EFFECTS: readonly (readonly [where: Functions, names: readonly string[]])[] = [
  [
    fs as unknown as Functions,
    [
      ...['appendFileSync', 'createWriteStream', 'linkSync', 'mkdirSync', 'renameSync', 'rmSync'],
      ...['symlinkSync', 'truncateSync', 'unlinkSync', 'writeFile', 'writeFileSync'],
    ],
  ],
  [
    fs.promises as unknown as Functions,
    ['appendFile', 'link', 'mkdir', 'open', 'rename', 'rm', 'symlink', 'unlink', 'writeFile'],
  ],
  [net.Socket.prototype as unknown as Functions, ['connect']],
  [dns as unknown as Functions, ['lookup', 'resolve']],
  [childProcess as unknown as Functions, ['spawn', 'spawnSync', 'execFile', 'execFileSync']],
];

/**
 * Runs the work with a trap in every one of these.
 * @returns what was called all the same
 */
export async function trapped(work: () => Promise<void>): Promise<readonly string[]> {
  const sprung: string[] = [];
  const undo = EFFECTS.flatMap(([where, names]) =>
    names.map((name) => {
      const real = where[name];
      where[name] = () => {
        sprung.push(name);
        throw new Error(`${name} was called`);
      };
      return () => {
        where[name] = real;
      };
    }),
  );
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    for (const restore of undo) restore();
    syncBuiltinESMExports();
  }
  return sprung;
}
