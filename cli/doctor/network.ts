import dns from 'node:dns/promises'
import net from 'node:net'
import { ask } from '../../scripts/launch/plans.mjs'
import { PortError, requirePort } from '../../scripts/launch/ports.mjs'
import type { Settings } from '../settings.ts'
import { at, type Finding, ok, problem, warning } from './finding.ts'

/** The ports that it wants to listen on: its own already, or free. And what it says of itself. */
export async function checkNetwork(settings: Settings): Promise<Finding[]> {
  const { host, port, smtpReceiverHost, smtpReceiverPort } = settings
  // Where nothing of ours can run, what answers at the port is another Guichet.
  const mayRun = settings.running || settings.externalDatabaseUrl !== undefined
  const running = mayRun ? await readiness(settings) : null
  const findings = running ?? (await freeOrNot('PORT', port, host, 'the web app'))
  if (smtpReceiverPort > 0 && running === null)
    findings.push(
      ...(await freeOrNot(
        'SMTP_RECEIVER_PORT',
        smtpReceiverPort,
        smtpReceiverHost,
        'the SMTP receiver',
      )),
    )
  findings.push(...at(settings.publicUrl, await checkPublicUrl(settings.publicUrl)))
  return findings
}

/** @returns null when no Guichet answers there. */
async function readiness({ host, port }: Settings): Promise<Finding[] | null> {
  const reachable =
    { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (net.isIPv6(host) ? `[${host}]` : host)
  const url = `http://${reachable}:${port}/readyz`
  const { status, body } = await ask(url)
  let checks: { name: string; ok: boolean; detail: string }[] | undefined
  try {
    checks = (JSON.parse(body) as { checks?: typeof checks }).checks
  } catch {
    return null
  }
  if (!Array.isArray(checks)) return null
  const failing = checks.filter((check) => !check.ok)
  return at(url, [
    status === 200
      ? ok('readiness', `Guichet runs on port ${port} and is ready`)
      : problem(
          'readiness',
          `Guichet runs on port ${port} and is not ready`,
          'See what it names, below.',
        ),
    ...failing.map(({ name, detail }) =>
      warning('readiness', `${name}: ${detail}`, 'See what it says, and Settings.'),
    ),
  ])
}

async function freeOrNot(
  variable: string,
  port: number,
  host: string,
  purpose: string,
): Promise<Finding[]> {
  try {
    await requirePort(variable, port, host, purpose)
    return at(`${host}:${port}`, [ok('ports', `free for ${purpose}; Guichet does not run there`)])
  } catch (error) {
    if (!(error instanceof PortError)) throw error
    const advice = `Set ${variable}, or stop what listens there.`
    return at(`${host}:${port}`, [problem('ports', error.message, advice)])
  }
}

/** The name in links must be found, and be safe to sign in at. */
async function checkPublicUrl(publicUrl: string): Promise<Finding[]> {
  const { hostname, protocol } = new URL(publicUrl)
  const name = hostname.replace(/^\[|\]$/g, '')
  const local = net.isIP(name) > 0 || name === 'localhost' || name.endsWith('.localhost')
  if (local) return [ok('PUBLIC_URL', 'is for this machine or network alone')]
  try {
    await dns.lookup(name)
  } catch {
    return [
      problem(
        'PUBLIC_URL',
        `the name ${name} is not found`,
        'Add it to your DNS, or set PUBLIC_URL to the address that people use: links in mail carry it.',
      ),
    ]
  }
  return [
    protocol === 'https:'
      ? ok('PUBLIC_URL', 'is found')
      : warning(
          'PUBLIC_URL',
          'is not encrypted',
          'Put a reverse proxy with a certificate before it, and set PUBLIC_URL to https://…',
        ),
  ]
}
