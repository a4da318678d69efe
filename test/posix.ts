/** Why a test of POSIX rights, links and paths is skipped here; false where it runs. */
export const unlessPosix: string | false =
  process.platform === 'win32' ? 'Windows has other rights, links and paths' : false;
