import { storedMailboxes } from '../../api/mail-in/stored-mailbox.ts'
import { signalMailbox } from '../../application/mail-in/mailbox-workflow.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { type Settings, settingsOf } from '../settings.ts'
import { type Command, print, tell, UsageError, wordsOf } from '../command.ts'
import { withOpenDatabase } from '../database.ts'
import { withTemporal } from '../temporal.ts'

/** `npm run mailboxes`. */
export const mailboxes: Command = {
  summary:
    'Lists mailboxes; has the folder of one compared with the ledger, and read what is missing',
  usage: `list
reimport ADDRESS`,
  options: {},
  async run(given) {
    const settings = settingsOf()
    await withOpenDatabase(settings, async (db) => {
      if (given.words[0] === 'list') return list(db)
      const [action, address = ''] = wordsOf(given, 'reimport', 'ADDRESS')
      if (action !== 'reimport') throw new UsageError(`"${action}" is not understood.`)
      await reimport(db, address.toLowerCase(), settings)
    })
    return 0
  },
}

async function list(db: Database): Promise<void> {
  for (const { address, host, folder, enabled, status } of await storedMailboxes(db))
    print(
      `${address.padEnd(36)} ${host === null ? 'built-in receiver' : `${host} ${folder}`}  ${enabled ? status : 'disabled'}`,
    )
}

/**
 * The mailbox's workflow begins its watch anew, and with it the comparison of the whole folder: what
 * the ledger has no row of is read, whatever became of it, and what it has comes to nothing.
 */
async function reimport(db: Database, address: string, settings: Settings): Promise<void> {
  const mailbox = (await storedMailboxes(db)).find((one) => one.address === address)
  if (!mailbox)
    throw new UsageError(`There is no mailbox ${address}. npm run mailboxes -- list names them.`)
  if (mailbox.host === null)
    throw new UsageError(`${address} is served by the built-in receiver: it has no folder to read.`)
  if (!mailbox.enabled) throw new UsageError(`${address} is switched off in Settings.`)
  await withTemporal(settings, (client) => signalMailbox(client, mailbox.id, 'settingsChanged'))
  tell(`${address}: in some seconds the whole folder is compared, and what is missing is read.`)
}
