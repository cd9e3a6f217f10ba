/** Merged and split tickets, and what a parent tells its children: what a ticket's workflow holds of them. Small: texts that may be long stay in the claim check. */
export type FamilyState = object

export const noFamilyState = (): FamilyState => ({})
