/** Tasks and the time recorded on them: what a ticket's workflow holds of them. Small: texts that may be long stay in the claim check. */
export type TaskState = object

export const noTaskState = (): TaskState => ({})
