// What somebody decides: rules that ask by themselves, and purchases at several points of their
// way. What is there already is left alone.
import { demoAdmin } from './plan.mjs'

/** The tickets that something is bought for. */
export const boughtFor = {
  laptop: 'Laptop for our new colleague on 1 December',
  printer: 'Printer on the 3rd floor jams on every page',
}

/**
 * @typedef {{title: string, currency: string, lines: {item: string, quantity: string, unitPrice:
 *   string, supplier: string, costCentre: string}[]}} Purchase
 */

/** @type {Purchase} */
const workplace = {
  title: 'Screen and dock for Yuki Mori',
  currency: 'EUR',
  lines: [
    {
      item: 'Screen 27″, USB-C',
      quantity: '1',
      unitPrice: '329.00',
      supplier: 'Nordia Office',
      costCentre: '4300 Design',
    },
    {
      item: 'Docking station',
      quantity: '1',
      unitPrice: '189.90',
      supplier: 'Nordia Office',
      costCentre: '4300 Design',
    },
  ],
}
/** @type {Purchase} */
const rollers = {
  title: 'Pickup rollers for the store',
  currency: 'EUR',
  lines: [
    {
      item: 'Pickup roller, Kyocera M5526',
      quantity: '2',
      unitPrice: '38.50',
      supplier: 'Nordia Office',
      costCentre: '7100 IT',
    },
    {
      item: 'Cleaning set for printers',
      quantity: '1',
      unitPrice: '14.20',
      supplier: 'Nordia Office',
      costCentre: '7100 IT',
    },
  ],
}

/**
 * Before the conversations, so that a ticket of the category is asked about as soon as it is
 * sorted.
 * @param {import('./company.mjs').Company} company
 */
export async function ruleApprovals({ admin, people, categories }) {
  const demo = { userId: await demoAccount(admin) }
  const grace = { userId: people.get('grace') }
  const rules = await admin.all('/ticket-approval-rules')
  if (!rules.some(({ name }) => name === 'Working abroad')) {
    await admin.call('POST', '/ticket-approval-rules', {
      name: 'Working abroad',
      text: 'Tax and insurance allow up to 20 days a year.',
      categoryId: categories.get('hr/Working abroad'),
      stages: [{ rule: { kind: 'any' }, approvers: [demo] }],
      deputy: grace,
      deadlineHours: 48,
    })
  }
  if ((await admin.all('/approval-rules')).length > 0) return
  await admin.call('POST', '/approval-rules', {
    currency: 'EUR',
    fromAmount: '50',
    stages: [{ rule: { kind: 'any' }, approvers: [demo] }],
    deadlineHours: 72,
  })
  await admin.call('POST', '/approval-rules', {
    currency: 'EUR',
    fromAmount: '5000',
    stages: [
      { rule: { kind: 'any' }, approvers: [demo] },
      { rule: { kind: 'all' }, approvers: [grace] },
    ],
    deadlineHours: 120,
  })
}

/**
 * @param {import('./company.mjs').Company} company
 * @param {Map<string, number>} numbers of tickets by subject
 */
export async function buyThings({ admin, sessions }, numbers) {
  const sam = sessions.get('sam')
  const [printer, laptop] = [numbers.get(boughtFor.printer), numbers.get(boughtFor.laptop)]
  if (!sam || !printer || !laptop) return
  await requestPurchase(sam, laptop, workplace)
  const asked = await requestPurchase(sam, printer, rollers)
  if (asked.state === 'requested')
    await admin.call('POST', `/tickets/${printer}/approvals/${asked.approvalId}/decision`, {
      decision: 'approved',
      comment: 'Good to have two at hand.',
    })
  if (asked.state !== 'ordered')
    await sam.call('POST', `/tickets/${printer}/purchases/${asked.id}/order`, {
      reference: 'NO-88214',
    })
}

/**
 * @param {import('./api.mjs').Session} by
 * @param {number} number
 * @param {Purchase} wanted
 * @returns {Promise<{id: string, state: string, approvalId: string, revision: number}>}
 */
async function requestPurchase(by, number, wanted) {
  const path = `/tickets/${number}/purchases`
  const drafted =
    (await by.all(path)).find(({ title }) => title === wanted.title) ??
    (await by.call('POST', path, wanted))
  return drafted.state === 'draft'
    ? by.call('POST', `${path}/${drafted.id}/submission`, { revision: drafted.revision })
    : drafted
}

/**
 * @param {import('./api.mjs').Session} admin
 * @returns {Promise<string>} the id of the account that one looks around with
 */
export async function demoAccount(admin) {
  return (await admin.all('/users')).find(({ email }) => email === demoAdmin.email)?.id
}
