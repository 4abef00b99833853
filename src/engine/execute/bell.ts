/** Wakes the one who listens; rung before, it is heard at once. */
export interface Bell {
  ring(): void;
  /** The one who listens gets the exception. */
  break(error: unknown): void;
  heard(): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: PromiseWithResolvers<void> | undefined;
  let broken: { readonly error: unknown } | undefined;
  function ring(): void {
    rung = true;
    wake?.resolve();
  }
  return {
    ring,
    break: (error: unknown): void => {
      broken = { error };
      ring();
    },
    heard: async (): Promise<void> => {
      if (!rung) {
        wake = Promise.withResolvers();
        await wake.promise;
      }
      rung = false;
      wake = undefined;
      if (broken !== undefined) {
        throw broken.error;
      }
    },
  };
}
