import type { Client } from '../postgres/connect.ts';
import { type LoginFacts, readLogin } from '../postgres/login.ts';
import { onSide } from '../postgres/query-errors.ts';
import { together } from '../postgres/together.ts';
import type { Settings } from './settings.ts';

/** One side, as far as logins go. */
export interface LoginSide {
  readonly client: Client;
  /** Who this run connected as. */
  readonly user: string;
  readonly database: string;
  /** Whether this user sees what roles and databases are given. */
  readonly seesStored: boolean;
}

/** As whom the two daemons connect; null where there is no such role. */
export interface DaemonLogins {
  /** pgAgent's on its own database. */
  readonly agent: LoginFacts | null;
  /** pgAgent's on the database of local SQL steps: that of pg_timetable, or one of its name on pgAgent's server. */
  readonly steps: LoginFacts | null;
  readonly timetable: LoginFacts | null;
}

/**
 * Reads the logins of both daemons; one that is the same is read once.
 * @param roles who they connect as; null for who this run does
 * @param isSameServer whether the source and the target are one server
 */
export async function readDaemonLogins(
  { sourceRole, targetRole }: Pick<Settings, 'sourceRole' | 'targetRole'>,
  source: LoginSide,
  target: LoginSide,
  isSameServer: boolean,
): Promise<DaemonLogins> {
  const isOne = isSameServer && source.database === target.database && source.user === target.user;
  const agent = onSide('source', () => readLogin(source.client, sourceRole, source.seesStored));
  // pgAgent connects to the database of each step, and one that was moved to another server has most likely kept its name.
  const { client, seesStored } = isSameServer ? target : source;
  const steps = isOne
    ? agent
    : onSide('source', () => readLogin(client, sourceRole ?? source.user, seesStored, target.database));
  const timetable =
    isOne && sourceRole === targetRole
      ? agent
      : onSide('target', () => readLogin(target.client, targetRole, target.seesStored));
  const [ofAgent, ofSteps, ofTimetable] = await together([agent, steps, timetable]);
  return { agent: ofAgent, steps: ofSteps, timetable: ofTimetable };
}
