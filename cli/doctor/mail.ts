import { createPrivateKey, createPublicKey } from 'node:crypto'
import dns from 'node:dns/promises'
import { storedMailboxes } from '../../api/mail-in/stored-mailbox.ts'
import { clearSender, storedSender } from '../../api/mail-out/stored-sender.ts'
import { storedAccount } from '../../application/mail-in/imap-account.ts'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { testImap } from '../../platform/imap/connection.ts'
import { unseal } from '../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { testSender } from '../../platform/smtp/transport.ts'
import { at, type Finding, ok, problem, warning, within } from './finding.ts'

const SERVER_MS = 15_000
const DNS_MS = 4_000
const SETTINGS = 'Correct it in Settings; what the server says is above.'

/** Signs in to every mailbox that is watched, and to every sender's server. Nothing is changed or sent. */
export async function checkMailAccounts(db: Database, secretKeys: SecretKeys): Promise<Finding[]> {
  const mailboxes = (await storedMailboxes(db)).filter(({ enabled }) => enabled)
  const departments = await db.selectFrom('sender').select('department_id').execute()
  const senders = await Promise.all(
    departments.map(({ department_id: id }) => storedSender(db, id)),
  )
  const checks = [
    ...mailboxes.map((row) => {
      const about = `mailbox ${row.address}`
      const where = row.host === null ? 'built-in SMTP receiver' : `${row.host}:${row.port}`
      return within(SERVER_MS, about, mailboxFindings(about, row, secretKeys)).then((found) =>
        at(where, found),
      )
    }),
    ...senders
      .filter((row) => row !== null)
      .map((row) => {
        const about = `sender ${row.from}`
        return within(SERVER_MS, about, senderFindings(about, row, secretKeys)).then((found) =>
          at(`${row.host}:${row.port}`, found),
        )
      }),
  ]
  const findings = (await Promise.all(checks)).flat()
  return findings.length > 0
    ? findings
    : [
        warning(
          'mail',
          'no mailbox is watched, and no department has a sender',
          'Add them in Settings → Email To Ticket.',
        ),
      ]
}

async function mailboxFindings(
  about: string,
  row: Awaited<ReturnType<typeof storedMailboxes>>[number],
  secretKeys: SecretKeys,
): Promise<Finding[]> {
  const account = storedAccount(row, secretKeys)
  if (!account) return [ok(about, 'is served by the built-in SMTP receiver')]
  const { ok: signedIn, message } = await testImap(account)
  return [signedIn ? ok(about, message) : problem(about, message, SETTINGS)]
}

async function senderFindings(
  about: string,
  row: NonNullable<Awaited<ReturnType<typeof storedSender>>>,
  secretKeys: SecretKeys,
): Promise<Finding[]> {
  const { ok: signedIn, message } = await testSender(clearSender(row, secretKeys))
  const domain = writtenAddress(row.from).address.split('@')[1]
  return [
    signedIn ? ok(about, message) : problem(about, message, SETTINGS),
    ...(domain && isPublic(domain) ? await recordsOf(about, domain) : []),
    ...(row.dkim
      ? await dkimOf(about, row.dkim, unseal(secretKeys, row.dkim.privateKeySealed))
      : []),
  ]
}

/** Names that no DNS of the world knows: RFC 2606, 6761, 6762. */
const isPublic = (domain: string): boolean =>
  domain.includes('.') &&
  !/\.(test|example|invalid|localhost|local|internal|lan|home\.arpa)$/i.test(domain)

/** A sender whose domain takes no mail, or names no SPF (RFC 7208), is spam to many. */
async function recordsOf(about: string, domain: string): Promise<Finding[]> {
  const resolver = new dns.Resolver({ timeout: DNS_MS, tries: 1 })
  const findings: Finding[] = []
  const mx = await resolver.resolveMx(domain).catch(noRecord)
  if (mx?.length === 0)
    findings.push(
      warning(
        about,
        `${domain} has no MX record`,
        'Answers and bounces find no way back: add one in its DNS.',
      ),
    )
  const txt = await resolver.resolveTxt(domain).catch(noRecord)
  if (txt && !txt.some((parts) => parts.join('').toLowerCase().startsWith('v=spf1')))
    findings.push(
      warning(
        about,
        `${domain} has no SPF record`,
        'Many receivers take such mail for spam: add a TXT record that names your mail server.',
      ),
    )
  return findings
}

/** @returns nothing there: an empty list; no DNS server answered: undefined, which says nothing. */
function noRecord(error: unknown): [] | undefined {
  return ['ENODATA', 'ENOTFOUND'].includes((error as { code?: string }).code ?? '') ? [] : undefined
}

/** Whether the key in the DNS (RFC 6376 section 3.6.1) is that of the signatures. */
async function dkimOf(
  about: string,
  { domain, selector }: { domain: string; selector: string },
  privateKey: string,
): Promise<Finding[]> {
  const name = `${selector}._domainkey.${domain}`
  const records = await new dns.Resolver({ timeout: DNS_MS, tries: 1 })
    .resolveTxt(name)
    .catch(noRecord)
  if (records === undefined) return []
  const published = records
    .map((parts) => /(?:^|;)\s*p=([A-Za-z0-9+/=\s]*)/.exec(parts.join(''))?.[1])
    .map((key) => key?.replace(/\s/g, ''))
  const ours = publicPart(privateKey)
  return published.includes(ours)
    ? [ok(about, `the DKIM key at ${name} is that of its signatures`)]
    : [
        problem(
          about,
          published.some(Boolean)
            ? `the DKIM key at ${name} is another one than its signatures are made with`
            : `there is no DKIM key at ${name}`,
          `Publish it as a TXT record: v=DKIM1; p=${ours}`,
        ),
      ]
}

/** As a DKIM record has it: RFC 6376 for RSA, RFC 8463 for Ed25519 (the bare key). */
function publicPart(privateKey: string): string {
  const key = createPublicKey(createPrivateKey(privateKey))
  if (key.asymmetricKeyType === 'ed25519')
    return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')
  return key.export({ format: 'der', type: 'spki' }).toString('base64')
}
