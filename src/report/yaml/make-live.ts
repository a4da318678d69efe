import { dollarQuoted, sqlText } from '../sql/literal.ts';
import { comment } from './comment.ts';

/** A chain that `--paused` keeps from being live. */
export interface PausedChain {
  readonly chainName: string;
  readonly runAt: string;
}

/**
 * The comment at the end of a file of paused chains, each line after `#sql `: makes live what would have been so without
 * `--paused`, or nothing where one of them is not there as the file has it.
 */
export function makeLiveText(chains: readonly PausedChain[]): string {
  if (chains.length === 0) return '';
  const rows = chains.map(({ chainName, runAt }) => `    (${sqlText(chainName)}, ${sqlText(runAt)})`);
  const block = `
DECLARE
  switched integer;
BEGIN
  UPDATE timetable.chain c SET live = true
    FROM (VALUES
${rows.join(',\n')}
    ) AS made (chain_name, run_at)
   WHERE c.chain_name = made.chain_name AND c.run_at::text = made.run_at;
  GET DIAGNOSTICS switched = ROW_COUNT;
  IF switched <> ${chains.length} THEN
    RAISE EXCEPTION 'Of ${chains.length} chains % are there as the file has them, so none was made live.', switched;
  END IF;
END `;
  const script = `\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\nDO ${dollarQuoted(block, 'live')};`;
  const lines = script.split('\n').map((line) => `#sql ${line}\n`);
  return `#\n${comment('When all chains are there, this makes them live:')}${lines.join('')}`;
}
