// What hangs on the sample tickets: service levels, assets and documents, tasks with time,
// approvals. What is there already is left alone.
import { boughtFor, buyThings } from './approvals-and-purchases.mjs'
import { giveDemoAccountWork } from './admin-work.mjs'

const DAY = 86_400_000
/** @param {number} days from today */
const dayFrom = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)

const assets = [
  {
    name: 'MER-3-12',
    type: 'Printer',
    model: 'Kyocera M5526',
    serial: 'VUS4729310',
    status: 'inUse',
    purchasedOn: dayFrom(-900),
    warrantyEnds: dayFrom(20),
    supplier: 'Nordia Office',
  },
  {
    name: 'LT-0412',
    type: 'Laptop',
    model: 'ThinkPad T14 Gen 5',
    serial: 'PF4X91A2',
    status: 'inUse',
    user: { email: 'anna.weber@meridian.example', name: 'Anna Weber' },
    purchasedOn: dayFrom(-400),
    warrantyEnds: dayFrom(695),
    supplier: 'Nordia Office',
    price: '1349.00',
    currency: 'EUR',
  },
  {
    name: 'LT-0431',
    type: 'Laptop',
    model: 'MacBook Pro 16',
    serial: 'C02K77QQ',
    status: 'inStock',
    purchasedOn: dayFrom(-30),
    warrantyEnds: dayFrom(1065),
    supplier: 'Nordia Office',
    price: '2799.00',
    currency: 'EUR',
  },
  {
    name: 'Screen Fjord',
    type: 'Screen',
    model: 'Samsung QB75',
    serial: '0C9RH4NT',
    status: 'inUse',
    purchasedOn: dayFrom(-1200),
    warrantyEnds: dayFrom(-105),
    supplier: 'Nordia Office',
  },
]
const documents = [
  {
    kind: 'licence',
    title: 'Adobe Creative Cloud',
    number: 'VIP-88123',
    supplier: 'Adobe',
    seats: 25,
    endsOn: dayFrom(38),
    amount: '14250.00',
    currency: 'EUR',
  },
  {
    kind: 'contract',
    title: 'Printer maintenance',
    number: 'K-2024-17',
    supplier: 'Nordia Office',
    endsOn: dayFrom(210),
  },
]

/** @param {import('./company.mjs').Company} company */
export async function fillProcesses(company) {
  const { admin } = company
  await promiseServiceLevels(company)
  const assetIds = await ensure(admin, '/assets', 'name', assets)
  await ensure(admin, '/documents', 'title', documents)
  const numbers = new Map(
    (await admin.all('/tickets?view=all')).map(({ subject, number }) => [subject, number]),
  )
  const printer = numbers.get(boughtFor.printer)
  const laptop = numbers.get(boughtFor.laptop)
  if (printer) await repairPrinter(company, printer, assetIds.get('MER-3-12'))
  if (laptop) await prepareLaptop(company, laptop)
  await buyThings(company, numbers)
  await giveDemoAccountWork(company, numbers)
}

/** @param {import('./company.mjs').Company} company */
async function promiseServiceLevels({ admin, categories }) {
  const weekly = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 8 * 60, to: 18 * 60 }))
  const calendars = await ensure(admin, '/calendars', 'name', [
    { name: 'Office hours', zone: 'Europe/Paris', weekly },
  ])
  const calendarId = calendars.get('Office hours')
  await ensure(admin, '/service-levels', 'name', [
    { name: 'Urgent', priority: 'urgent', calendarId, firstResponse: 60, resolution: 240 },
    { name: 'High', priority: 'high', calendarId, firstResponse: 120, resolution: 600 },
    // Around the clock: whenever the demo is started, one clock runs and is near its end.
    {
      name: 'Locked out',
      categoryId: categories.get('it/Access and passwords'),
      calendarId: null,
      firstResponse: 30,
      resolution: 240,
    },
    { name: 'Everything else', calendarId, firstResponse: 480, resolution: 3_000 },
  ])
}

/**
 * @param {import('./company.mjs').Company} company
 * @param {number} number
 * @param {string | undefined} assetId
 */
async function repairPrinter({ sessions, people }, number, assetId) {
  const sam = sessions.get('sam')
  if (!sam || (await sam.all(`/tickets/${number}/tasks`)).length > 0) return
  if (assetId) await sam.call('POST', `/tickets/${number}/assets`, { assetId })
  const roller = await sam.call('POST', `/tickets/${number}/tasks`, {
    title: 'Fit a new pickup roller',
    assigneeId: people.get('sam'),
    required: true,
    dueAt: new Date(Date.now() + DAY / 4).toISOString(),
    checklist: ['Take the roller from the store', 'Print ten test pages'],
  })
  await sam.call('POST', `/tickets/${number}/tasks`, {
    title: 'Order two rollers for the store',
    teamId: null,
    after: [roller.id],
  })
  await sam.call('POST', `/tickets/${number}/tasks/${roller.id}/time`, {
    minutes: 25,
    note: 'Looked for the cause',
  })
}

/**
 * @param {import('./company.mjs').Company} company
 * @param {number} number
 */
async function prepareLaptop({ sessions, people }, number) {
  const sam = sessions.get('sam')
  if (!sam || (await sam.all(`/tickets/${number}/tasks`)).length > 0) return
  const image = await sam.call('POST', `/tickets/${number}/tasks`, {
    title: 'Install the laptop',
    assigneeId: people.get('sam'),
    required: true,
    dueAt: new Date(Date.now() + 3 * DAY).toISOString(),
    checklist: ['System image', 'Adobe package', 'Second screen'],
  })
  await sam.call('POST', `/tickets/${number}/tasks`, {
    title: 'Hand it over to Yuki',
    assigneeId: people.get('nora'),
    required: true,
    after: [image.id],
  })
  await sam.call('POST', `/tickets/${number}/approvals`, {
    subject: 'Adobe licence for Yuki Mori',
    text: 'One more seat of Creative Cloud, from December on.',
    amount: { amount: '570.00', currency: 'EUR' },
    deadline: new Date(Date.now() + 2 * DAY).toISOString(),
    stages: [{ rule: { kind: 'any' }, approvers: [{ userId: people.get('grace') }] }],
    blocks: { resolution: true, taskIds: [] },
  })
}

/**
 * @param {import('./api.mjs').Session} admin
 * @param {string} path
 * @param {string} name of the field that tells them apart
 * @param {readonly Record<string, unknown>[]} items
 * @returns {Promise<Map<string, string>>} ids by name
 */
async function ensure(admin, path, name, items) {
  const ids = new Map((await admin.all(path)).map((one) => [one[name], one.id]))
  for (const item of items)
    if (!ids.has(item[name])) ids.set(item[name], (await admin.call('POST', path, item)).id)
  return ids
}
