import type { ObjectUse } from './sql/object-use.ts';
import { objectsUsed } from './sql/objects-used.ts';
import { readSql } from './sql/parse.ts';
import { isRoleSetting, settingChanges } from './sql/settings.ts';
import { executed } from './sql/walk.ts';

/** What a SQL step needs rights for as the role that it begins as; nothing where its text cannot be read. */
export function rightsOfStep(code: string): readonly ObjectUse[] {
  const read = readSql(code);
  if (read.kind !== 'statements') return [];
  const set = new Set(
    executed(read.statements)
      .flatMap(settingChanges)
      .flatMap(({ name, value }) => (value === null ? [] : [name])),
  );
  const objects = objectsUsed(read.statements);
  // After SET ROLE another role's rights count.
  if ([...set].some(isRoleSetting)) return objects.filter(({ kind }) => kind === 'role-attribute');
  // After SET search_path a name without a schema leads elsewhere.
  return set.has('search_path') ? objects.filter(isNamedInFull) : objects;
}

function isNamedInFull(object: ObjectUse): boolean {
  return object.kind === 'role-attribute' || object.schema !== null;
}
