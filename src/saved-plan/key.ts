import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { Failure } from '../model/failure.ts';

/** The operator's key, which lies outside of every plan: beside its digests it would let a weak password be guessed. */
export interface PlanKey {
  /** Tells this key from others, and nothing about it. */
  readonly id: string;
  /** HMAC-SHA-256 in hex. */
  digest(text: string): string;
}

/** Where the key is found. */
export type KeyPlace =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'file'; readonly file: string };

const VARIABLE = 'PGA2TIMETABLE_PLAN_KEY';
const FEWEST_CHARACTERS = 16;
const KEY_BYTES = 32;

/**
 * Where the environment says that the key is: in PGA2TIMETABLE_PLAN_KEY, or in a file below XDG_STATE_HOME.
 * @throws Failure of code `usage` for a key that is too short
 */
export function keyPlace(environment: Readonly<Record<string, string | undefined>>): KeyPlace {
  const words = environment[VARIABLE];
  if (words === undefined || words === '') return { kind: 'file', file: keyFile(environment) };
  if ([...words].length >= FEWEST_CHARACTERS) return { kind: 'words', words };
  throw new Failure(
    'usage',
    `${VARIABLE} is too short for a key.`,
    `Set it to at least ${FEWEST_CHARACTERS} characters that nobody guesses, or unset it: a key file is made then.`,
  );
}

function keyFile(environment: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME: state = '', HOME: home } = environment;
  // The XDG specification: a relative path counts as none.
  const folder = isAbsolute(state) ? state : join(home || homedir(), '.local', 'state');
  return join(folder, 'pga2timetable', 'plan.key');
}

/**
 * Reads the key.
 * @param mayMake whether a key file is made where there is none
 * @throws Failure of code `failed` for a file that others may read or that is of somebody else, `usage` for none
 */
export function readPlanKey(place: KeyPlace, mayMake: boolean): PlanKey {
  // The salt keeps a table of stretched words made for something else from being of use.
  if (place.kind === 'words') return planKey(scryptSync(place.words, 'pga2timetable plan key', KEY_BYTES));
  const found = readKeyFile(place.file);
  if (found !== null) return planKey(found);
  if (mayMake) return planKey(makeKeyFile(place.file));
  throw new Failure(
    'usage',
    `The key that the plan was made with is not here: there is no ${place.file}.`,
    `Apply the plan as the user who made it, or set ${VARIABLE} for both.`,
  );
}

/** A key that nobody has, for plans without digests. */
export function stray(): PlanKey {
  return planKey(randomBytes(KEY_BYTES));
}

function planKey(key: Buffer): PlanKey {
  const digest = (text: string): string => createHmac('sha256', key).update(text).digest('hex');
  return { id: digest('the id of this key').slice(0, KEY_BYTES / 2), digest };
}

function readKeyFile(file: string): Buffer | null {
  let descriptor: number;
  try {
    checkOwner(dirname(file), lstatSync(dirname(file)));
    // A link could lead to a file whose text somebody else knows.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (codeOf(error) === 'ENOENT') return null;
    throw unusable(
      file,
      codeOf(error) === 'ELOOP' ? 'is a symbolic link' : `cannot be read (${codeOf(error)})`,
    );
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unusable(file, 'is no file');
    checkOwner(file, stats);
    if (process.getuid !== undefined && (stats.mode & 0o077) !== 0)
      throw unusable(file, 'may be read or written by others', `Take their rights away: chmod 600 ${file}`);
    const [, hex] = /^([\da-f]{64})\n?$/.exec(readFileSync(descriptor, 'latin1')) ?? [];
    if (hex === undefined) throw unusable(file, 'holds no key');
    return Buffer.from(hex, 'hex');
  } finally {
    closeSync(descriptor);
  }
}

function checkOwner(path: string, stats: Stats): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.isSymbolicLink()) throw unusable(path, 'is a symbolic link');
  if (stats.uid !== user) throw unusable(path, 'belongs to another user');
  if ((stats.mode & 0o022) !== 0)
    throw unusable(path, 'may be written by others', `Take their rights away: chmod go-w ${path}`);
}

function makeKeyFile(file: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(beside, `${key.toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
    try {
      // Whole at once, and only where none is: another run may make one at the same time.
      linkSync(beside, file);
    } finally {
      unlinkSync(beside);
    }
    return key;
  } catch (error) {
    const other = codeOf(error) === 'EEXIST' ? readKeyFile(file) : null;
    if (other !== null) return other;
    throw unusable(file, `cannot be made (${codeOf(error)})`);
  }
}

function unusable(
  path: string,
  what: string,
  remedy = `Move it away, and another key is made; or set ${VARIABLE}. Plans made with the former key can no longer be applied.`,
): Failure {
  return new Failure('failed', `The key for saved plans, ${path}, ${what}.`, remedy);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
