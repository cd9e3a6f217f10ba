/** A ticket that was to be resolved while required tasks are open. */
export interface Refused { number: number; resolve: (reason: string) => unknown }

let refused = $state<Refused | null>(null)

/** What ResolveAnyway.svelte asks about. */
export const resolving = {
  get refused(): Refused | null { return refused },
  forget(): void { refused = null },
}

/** Asks the person why the ticket is resolved nonetheless. */
export const askWhy = (asked: Refused): void => { refused = asked }
