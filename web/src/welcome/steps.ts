export type Step = 'department' | 'mailbox' | 'sender' | 'done'
export const steps: readonly Step[] = ['department', 'mailbox', 'sender', 'done']
