import type { Check } from '../model/preflight.ts';
import { lookAtDisabling } from '../pgagent/disabling-rights.ts';
import { findEdbJobs } from '../pgagent/edb-jobs.ts';
import { findLogsBehind } from '../pgagent/jobs-look.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import { onSide } from '../postgres/query-errors.ts';
import type { LiveSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { aboutRoles } from './about-roles.ts';
import { aboutAgents, aboutEdbJobs, aboutLogSequences, aboutSource } from './about-source.ts';
import type { Elsewhere } from './elsewhere.ts';
import { aboutLocksOn, inOrder } from './in-order.ts';
import { unlessHidden } from './unless-hidden.ts';

/** What the run depends on at a live pgAgent. */
export async function aboutSourceSide(
  session: LiveSession,
  found: PlanOverview,
  settings: Settings,
  { ownConnections, installations }: Elsewhere,
): Promise<readonly Check[]> {
  const { source, sourceClient } = session;
  const disabling = settings.disableSource ? lookAtDisabling(sourceClient) : null;
  return onSide('source', () =>
    inOrder(
      Promise.resolve(disabling).then((one) => aboutSource(source, one)),
      [aboutAgents(source, { disablesJobs: settings.disableSource, liveChains: found.exposedChains })],
      aboutRoles('source', source.agentRoles, session.settings.sourceRole ?? source.user),
      ownConnections,
      installations,
      unlessHidden(sourceClient, 'dbms-job', async () => aboutEdbJobs(await findEdbJobs(sourceClient))),
      unlessHidden(sourceClient, 'source-sequences', async () =>
        aboutLogSequences(await findLogsBehind(sourceClient)),
      ),
      settings.disableSource ? aboutLocksOn('source', sourceClient, ['pgagent.pga_job']) : [],
    ),
  );
}
