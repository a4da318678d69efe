import type { Client } from '../postgres/connect.ts';
import { seesRoleSettings } from '../postgres/login.ts';
import { serverIdentity } from '../postgres/server-identity.ts';
import { serverZone } from '../postgres/time-zone.ts';
import { together } from '../postgres/together.ts';
import { hasRecord } from '../timetable/record-table.ts';
import { inspectTarget, type SchemaFacts } from '../timetable/target.ts';

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
 * @param mayLackSchema whether pg_timetable may have yet to make its schema
 * @throws Failure of code `failed` for a target that cannot hold chains
 */
export async function lookAtTarget(client: Client, mayLackSchema: boolean): Promise<TargetLook> {
  const [facts, identity, seesStored, zoneOfServer, isRecorded] = await together([
    inspectTarget(client, mayLackSchema),
    serverIdentity(client),
    seesRoleSettings(client),
    serverZone(client),
    hasRecord(client),
  ]);
  return { client, facts, identity, seesStored, zoneOfServer, hasRecord: isRecorded };
}
