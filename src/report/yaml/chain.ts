import { Document, type Node } from 'yaml';
import type { ChainPlan, TaskPlan } from '../../model/plan.ts';
import { isInLines, name, TEXT } from './text.ts';

/**
 * One chain as an item of the list `chains` of pg_timetable's chain files. What is left out is what the importer puts
 * there by itself: no timeout, no parameter, every client, pg_timetable's own database, and a task that is live.
 */
export function chainItem({
  chainName,
  runAt,
  live,
  maxInstances,
  timeout,
  clientName,
  tasks,
}: ChainPlan): string {
  const document = new Document(null, { customTags: (tags) => [TEXT, ...tags] });
  document.contents = document.createNode([
    {
      name: name(chainName),
      schedule: runAt,
      live,
      max_instances: maxInstances,
      ...(timeout === 0 ? {} : { timeout }),
      ...(clientName === null ? {} : { client_name: name(clientName) }),
      tasks: tasks.map((task) => taskEntry(task, document)),
    },
  ]) as Node as typeof document.contents;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function taskEntry(
  { taskName, kind, command, parameters, databaseConnection, ignoreError, autonomous, live }: TaskPlan,
  document: Document,
): unknown {
  return {
    name: name(taskName),
    kind,
    command,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map((row) => rowNode(row, document)) }),
    ...(databaseConnection === null ? {} : { connect_string: name(databaseConnection) }),
    ...(ignoreError ? { ignore_error: true } : {}),
    ...(autonomous ? { autonomous: true } : {}),
    ...(live ? {} : { live: false }),
  };
}

/** One execution of a program: on one line, unless an argument has lines of its own. */
function rowNode(row: readonly string[], document: Document): Node {
  return document.createNode(row, { flow: !row.some(isInLines) });
}
