import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDisabledByUs } from '../../src/session/original-state.ts';
import { jobRecord } from '../planning/records.ts';

const AT = '2026-04-16 12:00:00.123456';
const disabled = { enabled: false, changed: AT, created: null };

test('behind a cutover a disabled job is the tool’s work, whatever was edited since', () => {
  const record = jobRecord({ phase: 'cut-over', disabledAt: AT });
  assert.equal(isDisabledByUs(disabled, record, null), true);
  assert.equal(
    isDisabledByUs({ enabled: false, changed: '2026-05-01 00:00:00', created: null }, record, null),
    true,
  );
});

test('an enabled job is nobody’s disabled one', () => {
  assert.equal(
    isDisabledByUs({ enabled: true, changed: AT, created: null }, jobRecord({ phase: 'cut-over' }), null),
    false,
  );
});

test('a job without a record, or that was disabled before, was disabled by its owner', () => {
  assert.equal(isDisabledByUs(disabled, null, null), false);
  assert.equal(isDisabledByUs(disabled, jobRecord({ phase: 'cut-over', wasEnabled: false }), null), false);
});

test('a job that was only moved, and is disabled now, was disabled by its owner', () => {
  assert.equal(isDisabledByUs(disabled, jobRecord({ phase: 'moved' }), null), false);
});

test('undoing: what was to be enabled is, whatever was edited since', () => {
  const record = jobRecord({ phase: 'undoing', disabledAt: AT });
  assert.equal(
    isDisabledByUs({ enabled: false, changed: '2026-05-01 00:00:00', created: null }, record, null),
    true,
  );
  assert.equal(isDisabledByUs(disabled, { ...record, wasEnabled: false }, null), false);
});

test('cutting-over: what became of the transaction tells who disabled the job', () => {
  const record = jobRecord({ phase: 'cutting-over', disabledAt: AT, disabledBy: '700' });
  const touched = { enabled: false, changed: '2026-05-01 00:00:00', created: null };
  assert.equal(isDisabledByUs(touched, record, 'committed'), true);
  assert.equal(isDisabledByUs(touched, record, 'aborted'), false);
  // Even by the same microsecond, which nobody could give by chance.
  assert.equal(isDisabledByUs(disabled, record, 'aborted'), false);
});

test('cutting-over: where the source has forgotten it, the microsecond that the tool gave the job does', () => {
  const record = jobRecord({ phase: 'cutting-over', disabledAt: AT });
  assert.equal(isDisabledByUs(disabled, record, null), true);
  assert.equal(
    isDisabledByUs({ enabled: false, changed: '2026-04-16 12:00:00.123457', created: null }, record, null),
    false,
  );
  assert.equal(isDisabledByUs(disabled, { ...record, disabledAt: null }, null), false);
  assert.equal(
    isDisabledByUs({ enabled: false, changed: null, created: null }, { ...record, disabledAt: null }, null),
    false,
  );
});

test('a job that was made anew under the id of one that moved is nobody’s disabled one', () => {
  const record = jobRecord({ phase: 'cut-over', jobCreated: '2020-01-01 00:00:00' });
  assert.equal(isDisabledByUs({ ...disabled, created: '2020-01-01 00:00:00' }, record, null), true);
  assert.equal(isDisabledByUs({ ...disabled, created: '2020-01-01 00:00:00.000001' }, record, null), false);
});
