import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'

let desk: ApiDesk
let it_: Department
let hr: Department
let sam: Person
let hanna: Person

before(async () => {
  desk = await ApiDesk.open()
  it_ = await desk.department('IT')
  hr = await desk.department('HR')
  sam = await desk.person('Sam', 'agent', [it_])
  hanna = await desk.person('Hanna', 'agent', [hr])
})
after(() => desk?.close())

const category = (body: object): Promise<{ id: string }> =>
  desk.admin.client.post('/categories', { name: 'x', ...body })
const categorised = async (categoryId: string, more: object = {}) => {
  const { number } = await desk.mailTicket(it_)
  const { department, owner, priority } = await desk.admin.client.patch<TicketDetail>(
    `/tickets/${number}`,
    { categoryId, ...more },
  )
  return [department.name, owner?.name, priority]
}

describe('a ticket that gets a category', () => {
  it('gets what the category brings, or the nearest one around it', async () => {
    const outer = await category({
      name: 'Contracts',
      defaultDepartmentId: hr.id,
      defaultOwnerId: hanna.id,
      defaultPriority: 'low',
    })
    const inner = await category({ name: 'Leave', parentId: outer.id, defaultPriority: 'high' })
    assert.deepEqual(await categorised(outer.id), ['HR', 'Hanna', 'low'])
    assert.deepEqual(await categorised(inner.id), ['HR', 'Hanna', 'high'])
    assert.deepEqual(await categorised(inner.id, { priority: 'normal', ownerId: null }), [
      'HR',
      undefined,
      'normal',
    ])
  })

  it('has no owner who would not see it, and is categorised nonetheless', async () => {
    const theirs = await category({ defaultDepartmentId: hr.id, defaultOwnerId: sam.id })
    assert.deepEqual(await categorised(theirs.id), ['HR', undefined, 'normal'])
    assert.deepEqual(
      await categorised(theirs.id, { departmentId: it_.id }),
      ['IT', 'Sam', 'normal'],
      'where the change says it goes, its owner sees it',
    )
    const ours = await category({ defaultOwnerId: sam.id })
    assert.deepEqual(await categorised(ours.id), ['IT', 'Sam', 'normal'])
    await desk.admin.client.patch(`/users/${sam.id}`, { active: false })
    assert.deepEqual(await categorised(ours.id), ['IT', undefined, 'normal'])
  })
})
