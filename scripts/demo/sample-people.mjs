// The company of the demo: Meridian, which exists nowhere (RFC 2606: .example).

/** @typedef {'it' | 'finance' | 'hr' | 'facilities'} DepartmentKey */

/**
 * @type {{key: DepartmentKey, name: string, mailbox: string, from: string | null, signature:
 *   string, acknowledge: boolean, categories: string[]}[]}
 */
export const departments = [
  {
    key: 'it',
    name: 'IT Support',
    mailbox: 'it@meridian.example',
    from: 'Meridian IT Support <it@meridian.example>',
    signature: '{{agent.name}}\n{{department.name}} · Meridian\nYour request: #{{ticket.number}}',
    acknowledge: true,
    categories: ['Hardware', 'Software', 'Network and VPN', 'Access and passwords', 'E-mail'],
  },
  {
    key: 'finance',
    name: 'Finance',
    mailbox: 'finance@meridian.example',
    from: 'Meridian Finance <finance@meridian.example>',
    signature: '{{agent.name}}\nFinance, Meridian',
    acknowledge: true,
    categories: ['Invoices', 'Expenses', 'Purchasing'],
  },
  {
    key: 'hr',
    name: 'Human Resources',
    mailbox: 'hr@meridian.example',
    from: 'Meridian HR <hr@meridian.example>',
    signature: 'Kind regards\n{{agent.name}}\nHuman Resources',
    acknowledge: true,
    categories: ['Leave', 'Onboarding', 'Payroll', 'Working abroad'],
  },
  // Without a sender: shows what one-way means.
  {
    key: 'facilities',
    name: 'Facilities',
    mailbox: 'facilities@meridian.example',
    from: null,
    signature: '{{agent.name}}, Facilities',
    acknowledge: false,
    categories: ['Building', 'Meeting rooms'],
  },
]

/**
 * @type {{key: string, name: string, email: string, role: 'admin' | 'agent' | 'approver',
 *   departments: DepartmentKey[]}[]}
 */
export const staff = [
  {
    key: 'sam',
    name: 'Sam Okafor',
    email: 'sam.okafor@meridian.example',
    role: 'agent',
    departments: ['it', 'facilities'],
  },
  {
    key: 'nora',
    name: 'Nora Lind',
    email: 'nora.lind@meridian.example',
    role: 'agent',
    departments: ['it'],
  },
  {
    key: 'victor',
    name: 'Victor Ruiz',
    email: 'victor.ruiz@meridian.example',
    role: 'agent',
    departments: ['finance'],
  },
  {
    key: 'ines',
    name: 'Inès Moreau',
    email: 'ines.moreau@meridian.example',
    role: 'agent',
    departments: ['hr', 'facilities'],
  },
  {
    key: 'grace',
    name: 'Grace Liu',
    email: 'grace.liu@meridian.example',
    role: 'approver',
    departments: ['it', 'finance'],
  },
]

/** @type {{key: string, name: string, email: string}[]} */
export const requesters = [
  { key: 'anna', name: 'Anna Weber', email: 'anna.weber@meridian.example' },
  { key: 'tomas', name: 'Tomáš Novák', email: 'tomas.novak@meridian.example' },
  { key: 'lucia', name: 'Lucia Ferrari', email: 'lucia.ferrari@meridian.example' },
  { key: 'ben', name: 'Ben Carter', email: 'ben.carter@meridian.example' },
  { key: 'aisha', name: 'Aisha Khan', email: 'aisha.khan@meridian.example' },
  { key: 'marie', name: 'Marie Dubois', email: 'marie.dubois@meridian.example' },
  { key: 'jonas', name: 'Jonas Berg', email: 'jonas.berg@meridian.example' },
  { key: 'priya', name: 'Priya Nair', email: 'priya.nair@meridian.example' },
  { key: 'carlos', name: 'Carlos Mendes', email: 'carlos.mendes@meridian.example' },
  { key: 'emma', name: 'Emma Lindqvist', email: 'emma.lindqvist@meridian.example' },
  { key: 'oliver', name: 'Oliver Hughes', email: 'oliver.hughes@meridian.example' },
  { key: 'hana', name: 'Hana Sato', email: 'hana.sato@meridian.example' },
  { key: 'alpine', name: 'Alpine Catering', email: 'billing@alpine-catering.example' },
  { key: 'claire', name: 'Claire Petit', email: 'claire@studio-verre.example' },
  { key: 'kofi', name: 'Kofi Osei', email: 'k.osei@greenfreight.example' },
]

/** @type {{name: string, department: DepartmentKey | null, body: string}[]} */
export const templates = [
  {
    name: 'Ask for a screenshot',
    department: 'it',
    body: 'Hello {{requester.name}},\n\ncould you send us a screenshot of the message you see? Then we know where to look.',
  },
  {
    name: 'Password reset done',
    department: 'it',
    body: 'Hello {{requester.name}},\n\nyour password has been reset. At the next sign-in you will be asked to choose a new one.',
  },
  {
    name: 'Invoice received',
    department: 'finance',
    body: 'Hello {{requester.name}},\n\nthank you, we have your invoice. It will be paid with the next run, on Thursday.',
  },
  {
    name: 'Leave approved',
    department: 'hr',
    body: 'Hello {{requester.name}},\n\nyour leave has been approved and entered.',
  },
  {
    name: 'Closing words',
    department: null,
    body: 'If there is anything else, just answer this message: it comes back into #{{ticket.number}}.',
  },
]
