/** What the bytes of a dump are, by how they begin. */
export type Form =
  | 'plain'
  | 'gzip'
  | 'zstd'
  | 'lz4'
  /** Custom format of pg_dump. */
  | 'custom'
  /** Tar format of pg_dump. */
  | 'tar'
  | 'other-tar'
  | 'bzip2'
  | 'xz'
  | 'zip'
  /** What PowerShell makes of a dump by `>`. */
  | 'utf-16'
  | 'mysql'
  | 'empty'
  | 'foreign';

/** As many bytes as tell the form. */
export const HEAD_BYTES = 64 * 1024;

const MAGIC: readonly (readonly [form: Form, begin: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['custom', [...Buffer.from('PGDMP')]],
  ['bzip2', [...Buffer.from('BZh')]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['utf-16', [0xff, 0xfe]],
  ['utf-16', [0xfe, 0xff]],
];

const TAR_MAGIC = 257;
const TAR_FIRST = Buffer.from('toc.dat\0');

/** PostgreSQL's own, and those of what is made from it: EnterpriseDB, Greenplum. */
const HEADING = /^-- [A-Z][\w ]* database (?:cluster )?dump\r?$/m;

/** @param head the first bytes: HEAD_BYTES, or all of a shorter file */
export function formOf(head: Buffer): Form {
  if (head.length === 0) return 'empty';
  const magic = MAGIC.find(([, begin]) => Buffer.from(begin).equals(head.subarray(0, begin.length)));
  if (magic) return magic[0];
  if (head.toString('latin1', TAR_MAGIC, TAR_MAGIC + 5) === 'ustar')
    return head.subarray(0, TAR_FIRST.length).equals(TAR_FIRST) ? 'tar' : 'other-tar';
  if (HEADING.test(head.toString('latin1'))) return 'plain';
  return /^-- (?:MySQL|MariaDB) dump /m.test(head.toString('latin1')) ? 'mysql' : 'foreign';
}
