import { homedir, platform } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export const isWindows: boolean = platform() === 'win32';

/**
 * Where libpq looks for a user's file (libpq: pqGetHomeDirectory).
 * @param name below the home folder, such as .pgpass
 * @param onWindows below %APPDATA%\postgresql
 */
export function userFile(environment: Environment, name: string, onWindows: string): string {
  if (isWindows) return join(environment.APPDATA || '.', 'postgresql', onWindows);
  return join(environment.HOME || homedir(), name);
}
