/** Assets, documents, places and confirmations linked to a ticket: what a ticket's workflow holds of them. Small: texts that may be long stay in the claim check. */
export type EquipmentState = object

export const noEquipmentState = (): EquipmentState => ({})
