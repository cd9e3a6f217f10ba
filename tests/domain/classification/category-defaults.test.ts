import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type CategoryDefaults,
  withCategoryDefaults,
} from '../../../domain/classification/category-defaults.ts'
import type { Subject } from '../../../domain/permissions.ts'

const brings = (over: Partial<CategoryDefaults> = {}): CategoryDefaults => ({
  departmentId: null,
  owner: null,
  priority: null,
  ...over,
})
const person = (id: string, sees: Partial<Subject> = {}) => ({
  id,
  sees: { role: 'agent' as const, departmentIds: ['it'], locationIds: null, ...sees },
})
const SAM = person('sam')
const ticket = { departmentId: 'it', locationId: null }
const VPN = { categoryId: 'vpn' }

describe('what a category brings with it', () => {
  it('is department, priority and owner', () => {
    const all = brings({ departmentId: 'it', owner: SAM, priority: 'high' })
    assert.deepEqual(withCategoryDefaults(VPN, [all], ticket), {
      ...VPN,
      departmentId: 'it',
      priority: 'high',
      ownerId: 'sam',
    })
  })

  it('is nothing where no category is set', () => {
    assert.deepEqual(withCategoryDefaults({ subject: 'VPN' }, [], ticket), { subject: 'VPN' })
  })

  it('is, each for itself, of the nearest category around it that has it', () => {
    const around = [
      brings({ priority: 'high' }),
      brings({ priority: 'low', owner: SAM }),
      brings({ owner: person('root'), departmentId: 'it' }),
    ]
    assert.deepEqual(withCategoryDefaults(VPN, around, ticket), {
      ...VPN,
      priority: 'high',
      ownerId: 'sam',
      departmentId: 'it',
    })
  })

  it('counts less than what the change says itself, also that there is to be no owner', () => {
    const all = brings({ departmentId: 'it', owner: SAM, priority: 'high' })
    const change = { ...VPN, departmentId: 'hr', priority: 'low' as const, ownerId: null }
    assert.deepEqual(withCategoryDefaults(change, [all], ticket), change)
  })
})

describe('the owner whom a category brings', () => {
  const owner = (
    sees: Partial<Subject>,
    {
      change = {},
      more = {},
      locationId = null as string | null,
    }: { change?: object; more?: Partial<CategoryDefaults>; locationId?: string | null } = {},
  ) =>
    withCategoryDefaults({ ...VPN, ...change }, [brings({ owner: person('sam', sees), ...more })], {
      ...ticket,
      locationId,
    }).ownerId

  it('works in the ticket’s department, or as an admin in all', () => {
    assert.equal(owner({}), 'sam')
    assert.equal(owner({ departmentIds: ['hr'] }), undefined)
    assert.equal(owner({ departmentIds: [], role: 'admin' }), 'sam')
    assert.equal(owner({ role: 'approver' }), undefined)
  })

  it('works where the ticket goes: by the category, or by the change', () => {
    const hr = { departmentIds: ['hr'] }
    assert.equal(owner(hr, { more: { departmentId: 'hr' } }), 'sam')
    assert.equal(owner({}, { more: { departmentId: 'hr' } }), undefined)
    assert.equal(owner({}, { more: { departmentId: 'hr' }, change: { departmentId: 'it' } }), 'sam')
    assert.equal(owner(hr, { change: { departmentId: 'hr' } }), 'sam')
  })

  it('works at its location', () => {
    const berlin = { locationIds: ['berlin'] }
    assert.equal(owner(berlin, { locationId: 'berlin' }), 'sam')
    assert.equal(owner(berlin), undefined)
    assert.equal(owner(berlin, { change: { locationId: 'berlin' } }), 'sam')
    assert.equal(owner(berlin, { locationId: 'berlin', change: { locationId: null } }), undefined)
  })

  it('has an active account; where not, nobody further out takes their place', () => {
    const around = [brings({ owner: { id: 'gone', sees: null } }), brings({ owner: SAM })]
    assert.equal(withCategoryDefaults(VPN, around, ticket).ownerId, undefined)
  })
})
