import { type Client, connect } from '../postgres/connect.ts';
import { findDatabasesWith } from '../postgres/databases-with-schema.ts';
import type { Endpoint } from '../postgres/endpoint.ts';
import { seesRoleSettings } from '../postgres/login.ts';
import { serverIdentity } from '../postgres/server-identity.ts';
import { serverZone } from '../postgres/time-zone.ts';
import { together } from '../postgres/together.ts';
import { hasRecord } from '../timetable/record-table.ts';
import { inspectTarget, type SchemaFacts, type TargetUse } from '../timetable/target.ts';

/** What is known of the target before anything is planned. */
export interface TargetLook {
  readonly client: Client;
  readonly facts: SchemaFacts;
  readonly identity: string | null;
  readonly seesStored: boolean;
  readonly zoneOfServer: string | null;
  /** Whether an earlier run left a record that this user may read. */
  readonly hasRecord: boolean;
}

/**
 * Asks all that depends on nothing but the target, in as few round trips as the answers allow.
 * @param endpoint of the session
 * @param use says whether pg_timetable may have yet to make its schema
 * @throws Failure of code `failed` for a target that cannot hold chains
 */
export async function lookAtTarget(client: Client, endpoint: Endpoint, use: TargetUse): Promise<TargetLook> {
  const findElsewhere = (): Promise<readonly string[]> =>
    findDatabasesWith(client, 'timetable', (database) =>
      connect({ ...endpoint, database, connectTimeoutSeconds: 3 }, 'target'),
    );
  const [facts, identity, seesStored, zoneOfServer, isRecorded] = await together([
    inspectTarget(client, use, findElsewhere),
    serverIdentity(client),
    seesRoleSettings(client),
    serverZone(client),
    hasRecord(client),
  ]);
  return { client, facts, identity, seesStored, zoneOfServer, hasRecord: isRecorded };
}
