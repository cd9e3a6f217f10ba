import { departments } from './sample-people.mjs'
import { STYLE } from './sandbox-style.mjs'

/**
 * @typedef {import('./mail-store.mjs').SandboxMail} SandboxMail
 * @typedef {object} View
 * @property {string} webApp
 * @property {string} as whose mailbox is shown
 * @property {string} name
 * @property {{email: string, name: string, received: number}[]} people
 * @property {SandboxMail[]} mails newest first
 * @property {SandboxMail | undefined} open
 * @property {boolean} writing
 * @property {string | null} banner
 * @property {boolean} failed
 * @property {number} total mails in all mailboxes: the page looks whether it grows
 */

/**
 * @param {View} view
 * @returns {string} the whole page
 */
export const page = (view) => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mail sandbox · ${safe(view.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>Mail sandbox</h1>
  <p>You are a requester here. No mail leaves this machine.</p>
  <a href="${safe(view.webApp)}">Guichet</a>
</header>
${view.banner ? `<p class="banner${view.failed ? ' failed' : ''}" role="status">${safe(view.banner)}</p>` : ''}
<div class="panes">
  <nav aria-label="People">${view.people.map((person) => personLine(person, view.as)).join('')}</nav>
  <section class="list" aria-label="Mails of ${safe(view.name)}">
    <a class="button" href="/?${query({ as: view.as, write: '1' })}">Write a mail</a>
    ${view.mails.length === 0 ? `<p class="empty">${safe(view.name)} has no mail yet.</p>` : view.mails.map((mail) => mailLine(mail, view)).join('')}
  </section>
  <main>${view.writing ? writeForm(view) : view.open ? openMail(view.open, view) : '<p class="empty">Choose a person, then write to the help desk.</p>'}</main>
</div>
<script>
// New mail shows by itself, unless something has been typed.
setInterval(async () => {
  if ([...document.querySelectorAll('textarea, input[name=subject]')].some((field) => field.value !== field.defaultValue)) return
  const answer = await fetch('/pulse').catch(() => undefined)
  if (answer?.ok && (await answer.json()).mails !== ${view.total}) location.reload()
}, 2000)
</script>
</body></html>`

/**
 * @param {SandboxMail} mail
 * @returns {string} its HTML part, for a frame that may do nothing
 */
export const mailHtml = (mail) => mail.html ?? `<pre>${safe(mail.text)}</pre>`

/**
 * @param {View['people'][number]} person
 * @param {string} as
 */
const personLine = ({ email, name, received }, as) =>
  `<a href="/?${query({ as: email })}"${email === as ? ' aria-current="true"' : ''}><span><b>${safe(name)}</b><small>${safe(email)}</small></span>${received ? `<i title="received">${received}</i>` : ''}</a>`

/**
 * @param {SandboxMail} mail
 * @param {View} view
 */
const mailLine = (mail, { as, open }) =>
  `<a href="/?${query({ as, mail: mail.id })}"${open?.id === mail.id ? ' aria-current="true"' : ''}>
    <span><b>${mail.direction === 'written' ? `To ${safe(mail.to)}` : safe(mail.fromName)}</b><time>${when(mail.at)}</time></span>
    <span>${mail.direction === 'written' ? '<em>sent</em> ' : mail.automatic ? '<em>automatic</em> ' : ''}${safe(mail.subject || '(no subject)')}</span>
  </a>`

/**
 * @param {SandboxMail} mail
 * @param {View} view
 */
const openMail = (mail, { as }) => `
<article>
  <h2>${safe(mail.subject || '(no subject)')}</h2>
  <p class="meta">${safe(mail.fromName)} &lt;${safe(mail.from)}&gt; to ${safe(mail.to)}${mail.cc ? `, cc ${safe(mail.cc)}` : ''} · <time>${when(mail.at)}</time></p>
  ${mail.attachments.map((file) => `<span class="file">${safe(file.filename)} · ${size(file.size)}</span>`).join('')}
  <pre>${safe(mail.text)}</pre>
  ${mail.html ? `<details><summary>As HTML</summary><iframe title="The mail as HTML" sandbox src="/html?${query({ id: mail.id })}"></iframe></details>` : ''}
  <details><summary>Headers</summary><dl>${mail.headers.map(([name, value]) => `<dt>${safe(name)}</dt><dd>${safe(value)}</dd>`).join('')}</dl></details>
</article>
${
  mail.direction === 'received'
    ? `
<form method="post" action="/answer">
  <input type="hidden" name="as" value="${safe(as)}"><input type="hidden" name="id" value="${safe(mail.id)}">
  <label for="text">Answer to ${safe(mail.replyTo)}</label>
  <textarea id="text" name="text" rows="6" required></textarea>
  <button>Send answer</button>
</form>`
    : ''
}`

/** @param {View} view */
const writeForm = ({ as, name }) => `
<form method="post" action="/write">
  <h2>A mail from ${safe(name)}</h2>
  <label for="as">From</label><input id="as" name="as" type="email" value="${safe(as)}" required>
  <label for="to">To</label>
  <input id="to" name="to" type="email" list="addresses" value="${safe(departments[0]?.mailbox ?? '')}" required>
  <datalist id="addresses">${departments.map(({ mailbox, name: department }) => `<option value="${safe(mailbox)}">${safe(department)}</option>`).join('')}</datalist>
  <label for="subject">Subject</label><input id="subject" name="subject" autofocus required>
  <label for="text">Text</label><textarea id="text" name="text" rows="10" required></textarea>
  <button>Send</button>
</form>`

/** @param {string} text */
const safe = (text) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')

/** @param {Record<string, string>} values */
const query = (values) => safe(String(new URLSearchParams(values)))

/** @param {number} at */
const when = (at) =>
  new Date(at).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })

/** @param {number} bytes */
const size = (bytes) =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${Math.round(bytes / 1024)} kB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`
