/** What a person's notification mail asks of activities/notifications. */
export interface NotificationMailActivities {
  /** Mails everything that waits for the person, if some of it is due. Run twice, it mails once. */
  mailNotifications: (input: NotificationMailInput) => Promise<NotificationMailOutcome>
}

export interface NotificationMailInput {
  /** An account's id, or the address of somebody without one. */
  recipient: string
}

export interface NotificationMailOutcome {
  /** ISO time of the next mail, null when nothing waits. */
  next: string | null
}
