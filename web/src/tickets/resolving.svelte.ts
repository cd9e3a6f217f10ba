/** A ticket that was to be resolved while required tasks, or tickets that block it, are open. */
export interface Refused {
  number: number
  resolve: (reason: string) => unknown
}

/** Is this a refusal that gives way to a reason? */
export const isOverridable = (code: string): boolean =>
  code === 'tasks-open' || code === 'blockers-open'

let refused = $state<Refused | null>(null)

/** What ResolveAnyway.svelte asks about. */
export const resolving = {
  get refused(): Refused | null {
    return refused
  },
  forget(): void {
    refused = null
  },
}

/** Asks the person why the ticket is resolved nonetheless. */
export const askOverrideReason = (asked: Refused): void => {
  refused = asked
}
