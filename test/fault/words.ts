/** Nothing runs that would be waited for; on a busy machine an attempt may come too late, and is made again. */
export const PATIENTLY = ['--wait', '30s', '--no-progress'];
export const CUTOVER = ['migrate', '--disable-source', '--without-client', ...PATIENTLY];

/** The states that a cutover of two databases and its undo go through, in their order; in one database the first and the last alone. */
export const BOTH = {
  BEFORE: 'as before | no chains | no record',
  WAITING: 'as before | chains wait | cutting-over',
  NOTED: 'as before | chains wait | cutting-over, noted',
  DISABLED: 'disabled | chains wait | cutting-over, noted',
  CUT_OVER: 'disabled | chains live | cut-over',
  STOPPED: 'disabled | chains wait | undoing',
  ENABLED: 'enabled again | chains wait | undoing',
  AFTER: 'enabled again | no chains | no record',
} as const;
