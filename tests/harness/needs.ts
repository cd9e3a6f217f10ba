// What `npm test` prepares, and what may be missing on a machine.

/**
 * Where the shared servers of a test run are. `npm test -- <file>` starts them; the runner alone
 * does not.
 */
export function serverOf(variable: 'TEST_DATABASE_URL' | 'TEST_TEMPORAL_ADDRESS'): string {
  const value = process.env[variable]
  if (!value)
    throw new Error(
      `${variable} is not set: this test needs the servers that npm test starts. Run: npm test -- <part of the file's name>`,
    )
  return value
}

/** For node:test's `skip` option: the reason when Dovecot is not here, otherwise false. */
export const withoutDovecot: string | false =
  process.env['TEST_DOVECOT'] === '1' ? false : 'Dovecot is not installed (Debian: dovecot-imapd)'

/** For node:test's `skip` option: the reason when Chromium is not here, otherwise false. */
export const withoutChromium: string | false = process.env['TEST_CHROMIUM']
  ? false
  : 'Chromium is not installed (Debian: chromium)'

/**
 * For node:test's `skip` option: the reason when the time-skipping server is not here, otherwise
 * false.
 */
export const withoutTestServer: string | false = process.env['TEST_TEMPORAL_TEST_SERVER']
  ? false
  : "Temporal's time-skipping test server could not be had"
