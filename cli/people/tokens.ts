import { createToken, revokeToken, tokensOf } from '../../api/people/token-writing.ts'
import { newToken } from '../../domain/people/contract.ts'
import { may } from '../../domain/permissions.ts'
import { settingsOf } from '../settings.ts'
import { type Command, isOn, print, tell, textOf, UsageError } from '../command.ts'
import { withOpenDatabase } from '../database.ts'
import { checked, personOf } from './people.ts'

/** `npm run tokens`: what programs sign in with. */
export const tokens: Command = {
  summary: 'Lists, makes and revokes API tokens of a person',
  usage: `list --user EMAIL [--json]
create --user EMAIL --name NAME
revoke ID --user EMAIL`,
  options: {
    user: { type: 'string' },
    name: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(given) {
    const [action = '', id] = given.words
    const email = textOf(given, 'user')
    if (email === undefined) throw new UsageError('Say whose: --user EMAIL.')
    await withOpenDatabase(settingsOf(), async (db) => {
      const person = await personOf(db, email)
      switch (action) {
        case 'list': {
          const found = await tokensOf(db, person.id)
          if (isOn(given, 'json')) return print(JSON.stringify(found, null, 2))
          for (const { id, name, createdAt, lastUsedAt } of found)
            print(`${id}  made ${createdAt}  used ${lastUsedAt ?? 'never'}  ${name}`)
          return
        }
        case 'create': {
          const { name } = checked(newToken, { name: textOf(given, 'name') })
          if (!may({ ...person, locationIds: [] }, 'token.create'))
            throw new UsageError(`${person.name} may not have tokens.`)
          tell('It is shown this once:')
          return print((await createToken(db, person.id, name)).token)
        }
        case 'revoke':
          if (id === undefined) throw new UsageError('Say which: revoke ID.')
          await revokeToken(db, id, person.id)
          return tell('Revoked: it opens nothing any more.')
        default:
          throw new UsageError(`"${action}" is not understood.`)
      }
    })
    return 0
  },
}
