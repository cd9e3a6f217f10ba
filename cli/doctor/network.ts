import dns from 'node:dns/promises'
import net from 'node:net'
import { ask } from '../../scripts/launch/plans.mjs'
import { PortError, requirePort } from '../../scripts/launch/ports.mjs'
import type { Settings } from '../database.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** The ports that it wants to listen on: its own already, or free. And what it says of itself. */
export async function checkNetwork(settings: Settings): Promise<Finding[]> {
  const { host, port, smtpReceiverHost, smtpReceiverPort } = settings
  const running = await readiness(settings)
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
  findings.push(...(await checkPublicUrl(settings.publicUrl)))
  return findings
}

/** @returns null when no Guichet answers there. */
async function readiness({ host, port }: Settings): Promise<Finding[] | null> {
  const reachable =
    { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (net.isIPv6(host) ? `[${host}]` : host)
  const { status, body } = await ask(`http://${reachable}:${port}/readyz`)
  let checks: { name: string; ok: boolean; detail: string }[] | undefined
  try {
    checks = (JSON.parse(body) as { checks?: typeof checks }).checks
  } catch {
    return null
  }
  if (!Array.isArray(checks)) return null
  const failing = checks.filter((check) => !check.ok)
  return [
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
  ]
}

async function freeOrNot(
  variable: string,
  port: number,
  host: string,
  purpose: string,
): Promise<Finding[]> {
  try {
    await requirePort(variable, port, host, purpose)
    return [ok('ports', `${host}:${port} for ${purpose} is free; Guichet does not run`)]
  } catch (error) {
    if (!(error instanceof PortError)) throw error
    return [problem('ports', error.message, `Set ${variable}, or stop what listens there.`)]
  }
}

/** The name in links must be found, and be safe to sign in at. */
async function checkPublicUrl(publicUrl: string): Promise<Finding[]> {
  const { hostname, protocol } = new URL(publicUrl)
  const name = hostname.replace(/^\[|\]$/g, '')
  const local = net.isIP(name) > 0 || name === 'localhost' || name.endsWith('.localhost')
  if (local) return [ok('PUBLIC_URL', `${publicUrl} is for this machine or network alone`)]
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
      ? ok('PUBLIC_URL', `${publicUrl} is found`)
      : warning(
          'PUBLIC_URL',
          `${publicUrl} is not encrypted`,
          'Put a reverse proxy with a certificate before it, and set PUBLIC_URL to https://…',
        ),
  ]
}
