import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const OS = process.platform === 'win32' ? 'win' : process.platform;
const PACKAGE = `node-${OS}-${process.arch}`;

/**
 * The folder of the newest Node of a major version, or null if the npm registry cannot be reached. It comes from there once, into a
 * folder that `npm ci` clears, unless this process runs on that version.
 */
export function nodeFolder(major: number): string | null {
  if (process.versions.node.startsWith(`${major}.`)) return dirname(process.execPath);
  const kept = resolve('node_modules', `.node-${major}`);
  if (!existsSync(kept)) {
    const made = mkdtempSync(`${kept}-`);
    const npm = ['install', '--prefix', made, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    const { status } = spawnSync('npm', [...npm, `${PACKAGE}@${major}`]);
    try {
      if (status !== 0) return null;
      renameSync(made, kept);
    } catch {
      // Another test was quicker.
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  }
  return join(kept, 'node_modules', PACKAGE, 'bin');
}
