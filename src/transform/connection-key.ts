import type { Step } from '../model/job.ts';
import { ConninfoError, formatConninfo, parseConninfo } from '../postgres/conninfo.ts';

/**
 * Equal for steps that pgAgent gave the same connection; null for a program. pgAgent (connection.cpp) takes a string apart, puts it
 * together in its own order, and looks in its pool for that.
 */
export function connectionKey(step: Step): string | null {
  if (step.kind === 'batch') return null;
  if (step.connection.kind === 'database') return `database ${step.connection.name}`;
  try {
    return `conninfo ${formatConninfo([...parseConninfo(step.connection.conninfo)].sort())}`;
  } catch (error) {
    if (error instanceof ConninfoError) return `conninfo ${step.connection.conninfo}`;
    throw error;
  }
}
