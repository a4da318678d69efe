import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutRoles } from '../../src/preflight/about-roles.ts';
import { withConnectedRoles } from '../../src/session/connected-roles.ts';
import type { Settings } from '../../src/session/settings.ts';

const status = (connected: readonly string[]): readonly string[] =>
  aboutRoles('target', connected, 'me').map((check) => check.status);

test('a scheduler that is connected as another role than the planned one is a warning', () => {
  assert.deepEqual(status([]), []);
  assert.deepEqual(status(['me']), ['ok']);
  assert.deepEqual(status(['me', 'worker']), ['warning']);
  const [check] = aboutRoles('target', ['me', 'a b'], 'me');
  assert.match(check?.remedy ?? '', /--target-role 'a b'$/);
});

test('the role of a connected scheduler counts where it is the only one, and nobody names another', () => {
  const roles = (
    given: Partial<Settings>,
    agentRoles: readonly string[],
    clientRoles: readonly string[],
    seesStored = true,
  ): readonly (string | null)[] => {
    const settings = { savedPlan: null, sourceRole: null, targetRole: null, ...given } as Settings;
    const { sourceRole, targetRole } = withConnectedRoles(
      settings,
      { facts: { user: 'me', agentRoles }, seesStored },
      { facts: { user: 'me', clientRoles }, seesStored },
    );
    return [sourceRole, targetRole];
  };
  assert.deepEqual(roles({}, ['agent'], ['worker']), ['agent', 'worker']);
  assert.deepEqual(roles({ sourceRole: 'a', targetRole: 'b' }, ['agent'], ['worker']), ['a', 'b']);
  assert.deepEqual(roles({}, ['me'], []), [null, null]);
  assert.deepEqual(roles({}, ['agent', 'me'], ['worker', 'other']), [null, null]);
  assert.deepEqual(roles({}, ['agent'], ['worker'], false), [null, null]);
  const savedPlan = {} as Settings['savedPlan'];
  assert.deepEqual(roles({ savedPlan }, ['agent'], ['worker']), [null, null]);
});
