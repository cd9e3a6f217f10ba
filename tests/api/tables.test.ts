import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openApiDocument } from '../../api/openapi.ts'
import type { AssetImportResult } from '../../domain/assets/contract.ts'
import { assetColumnNames, columnOf, statusOf } from '../../domain/assets/import-columns.ts'
import { assetStatus } from '../../domain/assets/vocabulary.ts'
import { readCsv } from '../../domain/csv.ts'
import type { Department } from '../../domain/people/contract.ts'
import { languages } from '../../languages/language.ts'
import { mailWords } from '../../languages/generated/mail-words.ts'
import { ApiDesk, type Person } from './support/api-desk.ts'

/** Every table that can be downloaded, as whoever speaks a language gets it. */
describe('a table that leaves Guichet', () => {
  let desk: ApiDesk
  let ida: Person
  let paths: string[]

  before(async () => {
    desk = await ApiDesk.open()
    const { paths: described } = (await openApiDocument()) as { paths: Record<string, object> }
    paths = Object.keys(described)
      .filter((path) => path.endsWith('.csv'))
      .map((path) => path.slice('/api/v1'.length))
    const department: Department = await desk.department('IT')
    ida = await desk.person('Ida Marsh', 'admin', [department])
    const { number } = await desk.mailTicket(department, { subject: 'Toner' })
    await ida.client.post(`/tickets/${number}/time`, { minutes: 7, billable: true })
    await ida.client.post(`/tickets/${number}/purchases`, {
      title: 'Toner',
      currency: 'EUR',
      lines: [{ item: 'Toner', quantity: '1.5', unitPrice: '1249.00' }],
    })
    await ida.client.post('/assets', { name: 'Laptop', type: 'Laptop', status: 'inRepair' })
  })
  after(() => desk?.close())

  const speak = (language: string) => ida.client.patch('/me/preferences', { language })
  const bytesOf = async (path: string): Promise<Buffer> => {
    const query = path.startsWith('/reports/') ? '?from=2026-01-01&to=2027-12-31&by=owner' : ''
    const answer = await ida.client.fetch('GET', `${path}${query}`)
    assert.equal(answer.status, 200, path)
    return Buffer.from(await answer.arrayBuffer())
  }
  const rowsOf = async (path: string): Promise<string[][]> =>
    readCsv((await bytesOf(path)).toString()).records.map(({ fields }) => fields)

  it('tells spreadsheets that it is UTF-8', async () => {
    assert.ok(paths.length >= 8)
    for (const path of paths)
      assert.deepEqual([...(await bytesOf(path)).subarray(0, 3)], [0xef, 0xbb, 0xbf], path)
  })

  it('has headings and closed values in the language of whoever takes it', async () => {
    const seen = new Map<string, Set<string>>()
    for (const language of languages) {
      await speak(language)
      for (const path of paths) {
        const [head = [], ...rows] = await rowsOf(path)
        for (const heading of head)
          assert.match(heading, /^\p{Lu}[^_.]*$/u, `${path}: a word, not the name of a field`)
        assert.equal(new Set(head).size, head.length, `${path}: each once`)
        seen.set(path, (seen.get(path) ?? new Set()).add(head.join()))
        const { table, approval, assets } = mailWords[language]
        const closed: Record<string, string> = {
          '/time.csv': table.yes,
          '/purchases.csv': approval.purchase.state.draft,
          '/assets.csv': assets.status.inRepair,
        }
        if (closed[path]) assert.ok(rows[0]?.includes(closed[path]), `${path}: ${closed[path]}`)
      }
    }
    for (const [path, heads] of seen) assert.equal(heads.size, languages.length, path)
  })

  it('of assets is read back, whatever language it was written in', async () => {
    for (const language of languages) {
      const { assets } = mailWords[language]
      for (const status of assetStatus.options)
        assert.equal(statusOf(assets.status[status]), status, language)
      await speak(language)
      const [head = []] = await rowsOf('/assets.csv')
      assert.deepEqual(head.map(columnOf), [...assetColumnNames], language)
      const base64 = (await bytesOf('/assets.csv')).toString('base64')
      await speak('en')
      const { errors, sample } = await ida.client.post<AssetImportResult>('/assets/import', {
        base64,
        preview: true,
      })
      assert.deepEqual([errors, sample[0]?.status], [[], 'inRepair'], language)
    }
  })

  it('has times and amounts as programs read them', async () => {
    await speak('de')
    const [, purchase = []] = await rowsOf('/purchases.csv')
    assert.ok(purchase.includes('1249.00') && purchase.includes('1.5'))
    assert.match(purchase[0] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })
})
