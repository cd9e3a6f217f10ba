import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openApiDocument } from '../../../api/openapi.ts'
import { imapSettings } from '../../../domain/mail-in/contract.ts'
import { senderFrom, smtpSettings } from '../../../domain/mail-out/contract.ts'
import { ApiDesk } from '../support/api-desk.ts'

interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  maxLength?: number
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
}

/** Short texts that are no names: told in as many lines as somebody likes, or never shown. */
const NO_NAMES = ['overrideReason', 'reason', 'note', 'comment', 'password', 'current', 'zone']
/** Without a limit: a key of several lines; an amount or a code has a rule of its own. */
const UNLIMITED = ['privateKey', 'currency', 'fromAmount', 'quantity', 'unitPrice']
/** The longest that is a name: a subject (RFC 5322 lets a line have 998). */
const LONGEST = 998

/** What somebody writes, and no word, time or pattern of ours. */
const isText = ({ type, format, pattern, ...schema }: JsonSchema): boolean =>
  [type].flat().includes('string') &&
  format === undefined &&
  pattern === undefined &&
  !('enum' in schema || 'const' in schema)

describe('a name', () => {
  let desk: ApiDesk
  before(async () => {
    desk = await ApiDesk.open()
  })
  after(() => desk?.close())

  it('is one line, whatever it names: every short text of every request', async () => {
    const { paths, components } = (await openApiDocument()) as {
      paths: Record<
        string,
        Record<
          string,
          {
            operationId: string
            requestBody?: { content: Record<string, { schema?: JsonSchema }> }
          }
        >
      >
      components: { schemas: Record<string, JsonSchema> }
    }
    const control = ['\n', '\t', '\u0007', '\u0000', '\u007f', '\u0085']
    const seen = new Set<string>()
    const wrong = new Set<string>()
    const look = (schema: JsonSchema, name: string, where: string): void => {
      if (schema.$ref) {
        const named = schema.$ref.split('/').at(-1) ?? ''
        if (seen.has(named)) return
        seen.add(named)
        look(components.schemas[named] ?? {}, name, named)
        return
      }
      const { maxLength = 0, pattern } = schema
      const isLimited = schema.maxLength !== undefined
      const isFree = isLimited || (isText(schema) && !UNLIMITED.includes(name))
      if (isFree && maxLength <= LONGEST && !NO_NAMES.includes(name)) {
        const isSafe =
          pattern !== undefined &&
          control.every((sign) => !new RegExp(pattern, 'u').test(`a${sign}b`))
        // A tag's or a location's own pattern speaks of its signs; that it is cleaned is shown below.
        if (!isSafe && !['TagListInput', 'NewLocation', 'LocationChange'].includes(where))
          wrong.add(`${where}.${name}`)
      }
      for (const [field, one] of Object.entries(schema.properties ?? {})) look(one, field, where)
      for (const one of [
        schema.items,
        schema.additionalProperties,
        ...(schema.anyOf ?? []),
        ...(schema.oneOf ?? []),
        ...(schema.allOf ?? []),
      ])
        if (typeof one === 'object') look(one, name, where)
    }
    for (const { operationId, requestBody } of Object.values(paths).flatMap((methods) =>
      Object.values(methods),
    ))
      look(requestBody?.content['application/json']?.schema ?? {}, '', operationId)
    assert.deepEqual([...wrong].sort(), [])
  })

  it('that comes with line ends and control characters is put on one line', async () => {
    const { client } = desk.admin
    const pasted = ' Ser\u0007vice\r\nDesk\t2\u2028 '
    const clean = 'Ser vice Desk 2'
    const department = await client.post<{ id: string; name: string }>('/departments', {
      name: pasted,
    })
    assert.equal(department.name, clean)
    for (const [path, body] of [
      ['/locations', { name: pasted, kind: 'site' }],
      ['/categories', { name: pasted }],
      ['/assets', { name: pasted, type: 'Laptop' }],
      ['/custom-fields', { name: pasted, kind: 'text' }],
    ] as const)
      assert.equal((await client.post<{ name: string }>(path, body)).name, clean, path)
    const ticket = await client.post<{ number: number; subject: string; requester: object }>(
      '/tickets',
      {
        subject: pasted,
        departmentId: department.id,
        requester: { email: 'anna@acme.example', name: pasted },
      },
    )
    assert.equal(ticket.subject, clean)
    assert.deepEqual(ticket.requester, { email: 'anna@acme.example', name: clean })
    const { tags } = await client.put<{ tags: string[] }>(`/tickets/${ticket.number}/tags`, {
      tags: ['New\nLaptop'],
    })
    assert.deepEqual(tags, ['new laptop'])
  })

  it('of a mailbox’s or a sender’s server is so too: folders, user names, ids', () => {
    const pasted = ' Ser\u0007vice\r\nDesk\t2\u2028 '
    const clean = 'Ser vice Desk 2'
    const { user, folder, afterImport, oauth2 } = imapSettings.parse({
      host: 'mail.example.com',
      user: pasted,
      folder: pasted,
      afterImport: `move:${pasted}`,
      oauth2: { provider: 'google', clientId: pasted, refreshToken: pasted, tenant: pasted },
    })
    assert.deepEqual(
      [user, folder, afterImport, oauth2?.clientId, oauth2?.refreshToken, oauth2?.tenant],
      [clean, clean, `move: ${clean}`, clean, clean, clean],
    )
    assert.equal(smtpSettings.parse({ host: 'mail.example.com', user: pasted }).user, clean)
    assert.equal(senderFrom.parse('IT\tDesk\n<it@example.com>'), 'IT Desk <it@example.com>')
  })
})
