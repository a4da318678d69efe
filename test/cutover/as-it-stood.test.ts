import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDisabledByUs } from '../../src/cutover/as-it-stood.ts';
import { jobRecord } from './records.ts';

const AT = '2026-04-16 12:00:00.123456';
const disabled = { enabled: false, changed: AT };

test('behind a cutover a disabled job is the tool’s work, whatever was edited since', () => {
  const record = jobRecord({ phase: 'cut-over', disabledAt: AT });
  assert.equal(isDisabledByUs(disabled, record), true);
  assert.equal(isDisabledByUs({ enabled: false, changed: '2026-05-01 00:00:00' }, record), true);
});

test('an enabled job is nobody’s disabled one', () => {
  assert.equal(isDisabledByUs({ enabled: true, changed: AT }, jobRecord({ phase: 'cut-over' })), false);
});

test('a job without a record, or that was disabled before, was disabled by its owner', () => {
  assert.equal(isDisabledByUs(disabled, null), false);
  assert.equal(isDisabledByUs(disabled, jobRecord({ phase: 'cut-over', wasEnabled: false })), false);
});

test('a job that was only moved, and is disabled now, was disabled by its owner', () => {
  assert.equal(isDisabledByUs(disabled, jobRecord({ phase: 'moved' })), false);
});

for (const phase of ['cutting-over', 'undoing'] as const) {
  test(`${phase}: the tool knows its own work by the microsecond that it gave the job`, () => {
    assert.equal(isDisabledByUs(disabled, jobRecord({ phase, disabledAt: AT })), true);
    const later = { enabled: false, changed: '2026-04-16 12:00:00.123457' };
    assert.equal(isDisabledByUs(later, jobRecord({ phase, disabledAt: AT })), false);
    assert.equal(isDisabledByUs(disabled, jobRecord({ phase, disabledAt: null })), false);
    assert.equal(
      isDisabledByUs({ enabled: false, changed: null }, jobRecord({ phase, disabledAt: null })),
      false,
    );
  });
}
