import type { KnownMailbox } from '../intended-mailbox.ts'

/** A mailbox with what follows from its department. */
export interface BookedMailbox extends KnownMailbox {
  departmentId: string
  departmentName: string
  /** The department answers a new ticket with "we have received your request". */
  acknowledge: boolean
  /** keep | flag | move:<folder> | delete */
  afterImport: string
}

/** Our own side of the correspondence: mailboxes, departments and every address we write as. */
export interface AddressBook {
  mailboxes: ReadonlyMap<string, BookedMailbox>
  /** Those that mail can be meant for: not deleted. */
  targets: readonly BookedMailbox[]
  /**
   * Is it one of ours: a mailbox, an alias, a sender's official address, the default relay's? A
   * plus tag does not matter.
   */
  isOwn: (address: string) => boolean
}
