/** A warranty or a licence that ends soon. */
export interface Ending {
  what: 'asset' | 'licence' | 'warranty' | 'contract'
  /** The asset's name or the document's title. */
  name: string
  serial: string
  supplier: string
  /** ISO date. */
  endsOn: string
  seats: number | null
}

const things = {
  en: { asset: 'Warranty', licence: 'Licence', warranty: 'Warranty', contract: 'Contract' },
  fr: { asset: 'Garantie', licence: 'Licence', warranty: 'Garantie', contract: 'Contrat' },
}

/** The subject and the words of the ticket that is opened for it. */
export function endingTexts(
  { what, name, serial, supplier, endsOn, seats }: Ending,
  language: 'en' | 'fr',
): { subject: string; text: string } {
  const day = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${endsOn}T00:00:00Z`))
  const thing = things[language][what]
  const facts =
    language === 'fr'
      ? [
          ['Numéro de série', serial],
          ['Fournisseur', supplier],
          ['Postes', seats?.toString() ?? ''],
        ]
      : [
          ['Serial number', serial],
          ['Supplier', supplier],
          ['Seats', seats?.toString() ?? ''],
        ]
  const lines = facts
    .filter(([, value]) => value !== '')
    .map(([label, value]) => (language === 'fr' ? `${label} : ${value}` : `${label}: ${value}`))
  return language === 'fr'
    ? {
        subject: `${thing} : ${name} se termine le ${day}`,
        text: [`${thing} : « ${name} » se termine le ${day}. Faut-il renouveler ?`, ...lines].join(
          '\n',
        ),
      }
    : {
        subject: `${thing}: ${name} ends on ${day}`,
        text: [`${thing}: “${name}” ends on ${day}. Is it to be renewed?`, ...lines].join('\n'),
      }
}
