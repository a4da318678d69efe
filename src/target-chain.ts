/** A task as it stands in the target. */
export interface TargetTask {
  readonly taskName: string;
  readonly kind: string;
  readonly command: string;
  readonly live: boolean;
  readonly autonomous: boolean;
  readonly ignoreError: boolean;
}

/** A chain as it stands in the target. */
export interface TargetChain {
  readonly chainId: number;
  readonly chainName: string;
  readonly runAt: string | null;
  readonly clientName: string | null;
  readonly live: boolean;
  readonly maxInstances: number | null;
  /** In their order. */
  readonly tasks: readonly TargetTask[];
}
