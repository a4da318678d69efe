/** How long a client shall remember a start, in seconds: longer than any of its connections lives. */
const REMEMBERED = 604_800;

/**
 * SQL that starts a chain on a client, as timetable.notify_chain_start does, but with a time in the future: each of the
 * client's connections gets the call when it is next used, and what is older than a minute starts the chain again (measured).
 */
export function startCall(chainId: string, clientName: string): string {
  const time = `extract(epoch FROM now())::bigint + ${REMEMBERED}`;
  return (
    `pg_notify(${clientName}, format('{"ConfigID": %s, "Command": "START", "Ts": %s, "Delay": 0}', ` +
    `${chainId}, ${time}))`
  );
}
