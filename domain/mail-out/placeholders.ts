/** What a signature or a canned reply may name. */
export interface TemplateFacts {
  'agent.name': string
  'ticket.number': string
  'ticket.subject': string
  'department.name': string
  'requester.name': string
}

const variable = /\{\{\s*([a-z]+\.[a-z]+)\s*\}\}/gi

/**
 * Fills `{{agent.name}}` and its kind. A variable nobody knows stays visible as it was written: a
 * gap would go unnoticed.
 * @param template plain text.
 * @returns plain text.
 */
export const fillTemplate = (template: string, facts: TemplateFacts): string =>
  filled(template, facts, (value) => value)

/**
 * The same in HTML: values are escaped, so that a requester's name never becomes markup.
 * @param template HTML, already sanitised.
 */
export const fillHtmlTemplate = (template: string, facts: TemplateFacts): string =>
  filled(template, facts, escapeHtml)

/** @returns the text as HTML shows it literally. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')

function filled(template: string, facts: TemplateFacts, write: (value: string) => string): string {
  const known: Readonly<Record<string, string>> = { ...facts }
  return template.replace(variable, (whole, name: string) => {
    const value = Object.hasOwn(known, name.toLowerCase()) ? known[name.toLowerCase()] : undefined
    return value === undefined ? whole : write(value)
  })
}
