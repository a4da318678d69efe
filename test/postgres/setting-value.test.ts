import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalValue, type SettingType } from '../../src/postgres/setting-value.ts';

const MILLISECONDS: SettingType = { vartype: 'integer', unit: 'ms', enumvals: null };
const KILOBYTES: SettingType = { vartype: 'integer', unit: 'kB', enumvals: null };
const BLOCKS: SettingType = { vartype: 'integer', unit: '8kB', enumvals: null };
const COUNT: SettingType = { vartype: 'integer', unit: null, enumvals: null };
const COST: SettingType = { vartype: 'real', unit: null, enumvals: null };
const SWITCH: SettingType = { vartype: 'bool', unit: null, enumvals: null };
const STYLE: SettingType = { vartype: 'enum', unit: null, enumvals: ['postgres', 'iso_8601'] };
const COMMIT: SettingType = { vartype: 'enum', unit: null, enumvals: ['local', 'on', 'off'] };
const TEXT: SettingType = { vartype: 'string', unit: null, enumvals: null };

const EQUAL: readonly (readonly [type: SettingType | null, one: string, other: string])[] = [
  [MILLISECONDS, '60000', '1min'],
  [MILLISECONDS, '1.5s', '1500ms'],
  [MILLISECONDS, '2 h', '7200s'],
  [MILLISECONDS, '1d', '24h'],
  [KILOBYTES, '65536', '64MB'],
  [KILOBYTES, '1GB', '1024 MB'],
  [BLOCKS, '16384', '128MB'],
  [COUNT, '8', ' 8 '],
  [COST, '1.10', '1.1'],
  [COST, '1e2', '100'],
  [SWITCH, 'on', 'TRUE'],
  [SWITCH, 'y', '1'],
  [SWITCH, 'of', 'f'],
  [STYLE, 'ISO_8601', 'iso_8601'],
  [COMMIT, 'true', 'on'],
  [TEXT, '"$user",public', '"$user", public'],
];

for (const [type, one, other] of EQUAL) {
  test(`${one} is ${other} of ${type?.vartype} ${type?.unit ?? ''}`, () => {
    const value = type === null ? null : normalValue(type, one);
    assert.notEqual(value, null);
    assert.equal(value, normalValue(type, other));
  });
}

const DIFFERENT: readonly (readonly [type: SettingType | null, one: string, other: string])[] = [
  [MILLISECONDS, '60', '1min'],
  [KILOBYTES, '64kB', '64MB'],
  [COUNT, '8', '80'],
  [SWITCH, 'on', 'off'],
  [STYLE, 'postgres', 'iso_8601'],
  [TEXT, 'app, public', 'public, app'],
  [null, 'A', 'a'],
];

for (const [type, one, other] of DIFFERENT) {
  test(`${one} is not ${other} of ${type?.vartype ?? 'a setting that the server does not know'}`, () => {
    assert.notEqual(normalValue(type, one), normalValue(type, other));
  });
}

test('no timeout is 0, with a unit or without', () => {
  assert.deepEqual(
    ['0', '0ms', '0min'].map((value) => normalValue(MILLISECONDS, value)),
    ['0', '0', '0'],
  );
});

test('a setting cannot have what its type does not take', () => {
  const cases = [
    normalValue(MILLISECONDS, 'soon'),
    normalValue(MILLISECONDS, '5 weeks'),
    normalValue(COUNT, '5ms'),
    normalValue(SWITCH, 'o'),
    normalValue(SWITCH, 'maybe'),
  ];
  assert.deepEqual(cases, [null, null, null, null, null]);
});
