import {
  changeUser,
  createUser,
  passwordLink,
  users as people,
} from '../../api/people/user-writing.ts'
import { newUser } from '../../domain/people/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { settingsOf } from '../settings.ts'
import { type Command, type Given, isOn, print, tell, textOf, UsageError } from '../command.ts'
import { withOpenDatabase } from '../database.ts'
import { checked, personOf } from './people.ts'

/** `npm run users`: for whoever can no longer sign in, or sets up a machine by program. */
export const users: Command = {
  summary: 'Lists people, adds one, makes a link for a new password, lets somebody in no more',
  usage: `list [--json]
create EMAIL --name NAME --role admin|agent|approver [--department NAME …]
reset-password EMAIL
disable EMAIL
enable EMAIL`,
  options: {
    name: { type: 'string' },
    role: { type: 'string' },
    department: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  },
  async run(given) {
    const settings = settingsOf()
    const [action = '', email] = given.words
    await withOpenDatabase(settings, async (db) => {
      if (action === 'list') return list(db, isOn(given, 'json'))
      if (email === undefined) throw new UsageError('Say what is to be done, and to whom.')
      switch (action) {
        case 'create':
          return create(db, email, given, settings.publicUrl)
        case 'reset-password': {
          const { id } = await personOf(db, email)
          tell('Works once, within a day; the present password is good until then:')
          return print(await passwordLink(db, id, settings.publicUrl))
        }
        case 'disable':
        case 'enable': {
          const { id, name } = await personOf(db, email)
          await changeUser(db, id, { active: action === 'enable' })
          return tell(
            action === 'enable'
              ? `${name} may sign in again.`
              : `${name} is signed out everywhere, and cannot sign in. Their API tokens do not work either.`,
          )
        }
        default:
          throw new UsageError(`"${action}" is not understood.`)
      }
    })
    return 0
  },
}

async function list(db: Database, asJson: boolean): Promise<void> {
  const everybody = await people(db).orderBy('u.email').execute()
  if (asJson) return print(JSON.stringify(everybody, null, 2))
  for (const { email, name, role, active } of everybody)
    print(`${email.padEnd(36)} ${role.padEnd(9)} ${active ? '        ' : 'disabled'} ${name}`)
}

async function create(db: Database, email: string, given: Given, publicUrl: string): Promise<void> {
  const wanted = checked(newUser, {
    email,
    name: textOf(given, 'name'),
    role: textOf(given, 'role'),
    departmentIds: await departmentIds(db, given.options['department']),
  })
  const { setupUrl } = await createUser(db, wanted, publicUrl)
  tell('Added. They choose a password here, once, within a week:')
  print(setupUrl ?? '')
}

/** @throws UsageError for a name that no department has. */
async function departmentIds(db: Database, names: Given['options'][string]): Promise<string[]> {
  if (!Array.isArray(names)) return []
  const found = await db.selectFrom('department').select(['id', 'name']).execute()
  return names.map((name) => {
    const department = found.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (department) return department.id
    throw new UsageError(
      `There is no department "${name}"; there are: ${found.map((one) => one.name).join(', ') || 'none'}.`,
    )
  })
}
