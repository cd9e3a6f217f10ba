import { AccountBusyError } from './account-queue.ts'

/** What is smaller counts for nothing: as many as there are slots are little. Bytes. */
const SMALL = 256 * 1024
/** Beside the first large one of each account: of one account, and of all. Bytes. */
const MOST_OF_ONE = 100 * 1024 * 1024
const MOST = 300 * 1024 * 1024
/** When a mail that finds no room comes again. Milliseconds. */
const COME_AGAIN = 10_000

/**
 * What a process holds of mails that are being handed over: a server that takes a mail and says nothing
 * keeps it in memory for minutes. Each account may have one large mail in hand whatever the others have,
 * so that none keeps another's from its server.
 */
export class MailInMemory {
  private readonly held = new Map<string, number>()

  /**
   * Room for one mail.
   * @param account that it goes through.
   * @param bytes of the mail.
   * @returns gives the room back.
   * @throws AccountBusyError when there is none now.
   */
  hold(account: string, bytes: number): () => void {
    if (bytes <= SMALL) return () => undefined
    const ofOne = this.held.get(account) ?? 0
    const all = [...this.held.values()].reduce((sum, one) => sum + one, 0)
    if (ofOne > 0 && (ofOne + bytes > MOST_OF_ONE || all + bytes > MOST))
      throw new AccountBusyError(COME_AGAIN)
    this.held.set(account, ofOne + bytes)
    return () => {
      const left = (this.held.get(account) ?? 0) - bytes
      if (left > 0) this.held.set(account, left)
      else this.held.delete(account)
    }
  }
}
