// What the demo's own account has to do, so that its pages are not empty at the first look. What is
// there already is left alone.
import { demoAccount } from './approvals-and-purchases.mjs'

const HOUR = 3_600_000
/** The tickets that the demo's account does something for. */
export const workedOn = {
  screen: 'Meeting room screen stays black',
  course: 'English course in January',
}
/**
 * Unowned tickets that become the demo account's: the list that it begins with should look like a
 * morning's work.
 */
const taken = [
  'Meeting room screen stays black',
  'Wi-Fi very slow in the canteen',
  'Which cost centre for the trade fair?',
  'Bike rack is full',
]

/**
 * @param {import('./company.mjs').Company} company
 * @param {Map<string, number>} numbers of tickets by subject
 */
export async function giveDemoAccountWork({ admin, categories }, numbers) {
  const demo = await demoAccount(admin)
  for (const number of taken.flatMap((subject) => numbers.get(subject) ?? [])) {
    if (!(await admin.call('GET', `/tickets/${number}`)).owner)
      await admin.call('PATCH', `/tickets/${number}`, { ownerId: demo })
  }
  const [screen, course] = [numbers.get(workedOn.screen), numbers.get(workedOn.course)]
  if (screen) {
    await requireRoom(admin, categories.get('it/Hardware'), screen)
    await giveTask(admin, screen, {
      title: 'Take the spare screen to Fjord',
      assigneeId: demo,
      required: true,
      dueAt: laterToday(),
      checklist: ['Screen from the store, 1.08', 'HDMI and USB-C cable', 'Try it with two laptops'],
    })
  }
  if (course)
    await giveTask(admin, course, {
      title: 'Confirm the budget for language courses',
      assigneeId: demo,
      dueAt: new Date(Date.now() - 26 * HOUR).toISOString(),
    })
}

/**
 * A field that hardware must have before it is solved, filled in on one ticket and missing on the
 * others.
 * @param {import('./api.mjs').Session} admin
 * @param {string | undefined} categoryId
 * @param {number} number
 */
async function requireRoom(admin, categoryId, number) {
  const known = (await admin.all('/custom-fields')).find(({ name }) => name === 'Room')
  if (known) return
  const { id } = await admin.call('POST', '/custom-fields', {
    name: 'Room',
    kind: 'text',
    required: true,
    categoryId,
  })
  await admin.call('PUT', `/tickets/${number}/fields/${id}`, { value: 'Fjord, 1st floor' })
}

/**
 * @param {import('./api.mjs').Session} admin
 * @param {number} number
 * @param {{title: string} & Record<string, unknown>} task
 */
async function giveTask(admin, number, task) {
  if (!(await admin.all(`/tickets/${number}/tasks`)).some(({ title }) => title === task.title))
    await admin.call('POST', `/tickets/${number}/tasks`, task)
}

/** In three hours, but still today where this runs. */
function laterToday() {
  const end = new Date()
  end.setHours(23, 45, 0, 0)
  return new Date(Math.min(end.getTime(), Date.now() + 3 * HOUR)).toISOString()
}
