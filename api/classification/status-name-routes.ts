import { languages } from '../../languages/language.ts'
import { customNames } from '../../domain/classification/custom-names.ts'
import { type StatusNames, statusNames } from '../../domain/classification/contract.ts'
import { ticketStatus } from '../../domain/vocabulary.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'

const KEY = 'statusNames'
const none = customNames.parse({})
const unnamed: StatusNames = { new: none, open: none, waiting: none, solved: none, closed: none }

/**
 * What the five statuses are called. Only words: what each of them means to a ticket's workflow
 * does not change.
 */
export function statusNameRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/status-names',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'getStatusNames',
        summary: 'What statuses are called',
        description: 'By language. Empty: the web app’s own word.',
        response: answers(200, statusNames),
      },
    },
    async () => {
      const row = await db
        .selectFrom('setting')
        .select('value')
        .where('key', '=', KEY)
        .executeTakeFirst()
      // What is stored may be older than a language.
      return statusNames.parse(Object.assign({}, unnamed, row?.value))
    },
  )

  api.put(
    '/status-names',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'setStatusNames',
        summary: 'Set what statuses are called',
        description: 'Everything is shown under the new names at once, also what is past.',
        body: statusNames,
        response: answers(200, statusNames),
      },
    },
    async (request) => {
      const names = request.body
      for (const language of languages) {
        const seen = new Set<string>()
        for (const status of ticketStatus.options) {
          const name = names[status][language].toLocaleLowerCase()
          if (name !== '' && seen.has(name))
            throw unprocessable(
              'status-name-twice',
              `Two statuses are called “${names[status][language]}”. Give each a name of its own.`,
              `/${status}/${language}`,
            )
          seen.add(name)
        }
      }
      await db
        .insertInto('setting')
        .values({ key: KEY, value: jsonb(names) })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet(excluded('setting', ['value'])),
        )
        .execute()
      return names
    },
  )
}
