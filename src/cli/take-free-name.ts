import { link as hardLink, open, rename, rm } from 'node:fs/promises';

// FAT, some network and user-space file systems.
const KNOWS_NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Renames a file, unless its new name is taken: a file that came in the meantime stays as it is.
 * @param link node:fs's, but for tests
 * @returns whether the name was free
 */
export async function takeFreeName(from: string, to: string, link = hardLink): Promise<boolean> {
  try {
    await link(from, to);
    // It has its name; what remains is a second one.
    await rm(from, { force: true }).catch(() => {});
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (KNOWS_NO_LINKS.has(code)) return claim(from, to);
    throw error;
  }
}

/** Without links: an empty file holds the name until the whole one takes its place. */
async function claim(from: string, to: string): Promise<boolean> {
  try {
    await (await open(to, 'wx')).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    await rename(from, to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
  return true;
}
