import { Session } from './api.mjs'
import { demoAdmin } from './plan.mjs'
import { departments, staff, templates } from './sample-people.mjs'

/**
 * @typedef {object} Company
 * @property {Session} admin
 * @property {Map<string, Session>} sessions by key of a person of the staff
 * @property {Map<string, string>} people ids by the same key
 * @property {Map<string, string>} categories ids by department key and name: `it/Hardware`
 */

/**
 * Departments, mailboxes, senders, people, categories and templates, as an admin would enter them.
 * What is there already is left alone.
 * @param {string} base of the web app
 * @param {number} sandboxSmtpPort the only server the senders know
 * @returns {Promise<Company>}
 */
export async function foundCompany(base, sandboxSmtpPort) {
  const admin = await Session.signIn(base, demoAdmin.email, demoAdmin.password)
  const departmentIds = await ensureDepartments(admin, sandboxSmtpPort)
  const categories = await ensureCategories(admin, departmentIds)
  const known = new Set((await admin.all('/templates')).map(({ name }) => name))
  for (const { name, body, department } of templates) {
    if (!known.has(name))
      await admin.call('POST', '/templates', {
        name,
        body,
        departmentId: department ? departmentIds.get(department) : null,
      })
  }
  const people = await ensureStaff(admin, departmentIds)
  const sessions = new Map()
  for (const { key, email, role } of staff)
    if (role === 'agent') sessions.set(key, await Session.signIn(base, email, demoAdmin.password))
  return { admin, sessions, people, categories }
}

/**
 * @param {Session} admin
 * @param {number} sandboxSmtpPort
 * @returns {Promise<Map<string, string>>} ids by key
 */
async function ensureDepartments(admin, sandboxSmtpPort) {
  const known = new Map(
    (await admin.all('/departments')).map((department) => [department.name, department]),
  )
  const addresses = new Set((await admin.all('/mailboxes')).map(({ address }) => address))
  const ids = new Map()
  for (const { key, name, mailbox, from, signature, acknowledge } of departments) {
    const { id } =
      known.get(name) ??
      (await admin.call('POST', '/departments', { name, signature, acknowledge }))
    ids.set(key, id)
    if (!addresses.has(mailbox))
      await admin.call('POST', '/mailboxes', { address: mailbox, departmentId: id })
    // Each time: the sandbox's port may have changed since.
    if (from)
      await admin.call('PUT', `/departments/${id}/sender`, {
        from,
        smtp: { host: '127.0.0.1', port: sandboxSmtpPort, secure: false },
      })
  }
  return ids
}

/**
 * @param {Session} admin
 * @param {Map<string, string>} departmentIds
 */
async function ensureCategories(admin, departmentIds) {
  const known = new Map(
    (await admin.all('/categories')).map(({ id, name, departmentId }) => [
      `${departmentId}/${name}`,
      id,
    ]),
  )
  const ids = new Map()
  for (const { key, categories } of departments) {
    const departmentId = departmentIds.get(key)
    for (const name of categories)
      ids.set(
        `${key}/${name}`,
        known.get(`${departmentId}/${name}`) ??
          (await admin.call('POST', '/categories', { name, departmentId })).id,
      )
  }
  return ids
}

/**
 * @param {Session} admin
 * @param {Map<string, string>} departmentIds
 * @returns {Promise<Map<string, string>>} ids by key
 */
async function ensureStaff(admin, departmentIds) {
  const known = new Map((await admin.all('/users')).map(({ id, email }) => [email, id]))
  await admin.call('PATCH', `/users/${known.get(demoAdmin.email)}`, { name: demoAdmin.name })
  const ids = new Map()
  for (const { key, name, email, role, departments: keys } of staff) {
    const body = {
      email,
      name,
      role,
      departmentIds: keys.map((department) => departmentIds.get(department)),
      password: demoAdmin.password,
    }
    ids.set(key, known.get(email) ?? (await admin.call('POST', '/users', body)).id)
  }
  return ids
}
