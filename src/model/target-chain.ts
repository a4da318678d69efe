/** A task as it stands in the target. */
export interface TargetTask {
  readonly taskName: string;
  readonly kind: string;
  readonly command: string;
  /** The arguments of each call of a program. */
  readonly parameters: readonly (readonly string[])[];
  readonly live: boolean;
  readonly autonomous: boolean;
  readonly ignoreError: boolean;
  readonly databaseConnection: string | null;
  readonly runAs: string | null;
  /** Milliseconds; 0 for none. */
  readonly timeout: number;
}

/** A chain as it stands in the target. */
export interface TargetChain {
  readonly chainId: number;
  readonly chainName: string;
  readonly runAt: string | null;
  readonly clientName: string | null;
  readonly live: boolean;
  readonly maxInstances: number | null;
  readonly selfDestruct: boolean;
  readonly exclusiveExecution: boolean;
  /** Milliseconds; 0 for none. */
  readonly timeout: number;
  readonly onError: string | null;
  /** In their order. */
  readonly tasks: readonly TargetTask[];
}
