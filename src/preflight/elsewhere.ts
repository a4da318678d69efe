import { held } from '../model/held.ts';
import type { Check } from '../model/preflight.ts';
import { connect } from '../postgres/connect.ts';
import { type ConnectionLimit, connectionLimits } from '../postgres/connection-room.ts';
import { lookForSchema, otherDatabases } from '../postgres/databases-with-schema.ts';
import { withSavepoint } from '../postgres/savepoint.ts';
import type { LiveSession } from '../session/session.ts';
import { aboutOwnConnections } from './about-connections.ts';
import { aboutInstallations } from './about-source.ts';
import { noteIfHidden } from './unless-hidden.ts';

const MOST_FOR_OTHER_DATABASES = 2_000;
const MOST_AT_ONCE = 4;

/** Checks of the preflight that other sessions are opened for, under way. */
export interface Elsewhere {
  /** Whether this user may open as many as a run needs. */
  readonly ownConnections: Promise<readonly Check[]>;
  /** Whether other databases of the source's server hold a pgAgent. */
  readonly installations: Promise<readonly Check[]>;
}

/** Begins to look into the other databases of the source's server, which takes longest, while the jobs are planned. */
export function lookElsewhere({ source, sourceClient, context, settings }: LiveSession): Elsewhere {
  const { isSourceServer } = context.target;
  const limiting = held(withSavepoint(sourceClient, () => connectionLimits(sourceClient, null)));
  const listing = withSavepoint(sourceClient, () => otherDatabases(sourceClient));
  const looking = Promise.all([listing, limiting.catch(() => [])]).then(([databases, limits]) =>
    lookForSchema(
      databases,
      'pgagent',
      (database) => connect({ ...settings.source, database, connectTimeoutSeconds: 2 }, 'source'),
      Math.min(MOST_AT_ONCE, roomFor(limits) - (isSourceServer ? 2 : 1)),
      MOST_FOR_OTHER_DATABASES,
    ),
  );
  return {
    ownConnections: held(
      noteIfHidden(
        'own-connections',
        limiting.then((limits) => aboutOwnConnections(source.user, isSourceServer, limits)),
      ),
    ),
    installations: held(noteIfHidden('other-pgagents', looking.then(aboutInstallations))),
  };
}

/** How many sessions this user may have. */
function roomFor(limits: readonly ConnectionLimit[]): number {
  return limits.length === 0 ? 0 : Math.min(...limits.map(({ most, inUse }) => most - inUse));
}
