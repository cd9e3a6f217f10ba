// Asks Redocly's linter what it thinks of the API's description.
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from './environment.mjs'
import { CommandError, runCommand } from './launch/commands.mjs'

/**
 * @param {object} description the OpenAPI document
 * @param {string} folder for the file that the linter reads
 * @returns {Promise<string>} what it finds, errors and warnings alike; empty when there is nothing
 */
export async function lintDescription(description, folder) {
  const file = path.join(folder, 'openapi.json')
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(file, JSON.stringify(description, null, 2))
  const linter = path.join(projectRoot, 'node_modules/.bin/redocly')
  try {
    const output = await runCommand(
      linter,
      ['lint', file, '--extends=recommended', '--format=json', '--max-problems=50'],
      { env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
    )
    return found(output)
  } catch (error) {
    if (error instanceof CommandError) return error.output
    throw error
  }
}

/**
 * @param {string} output of the linter
 * @returns {string} a line for each problem
 */
function found(output) {
  /** @type {{problems: {ruleId: string, message: string, location: {pointer: string}[]}[]}} */
  const { problems } = JSON.parse(output)
  return problems
    .map(({ ruleId, message, location }) => `${location[0]?.pointer ?? ''}: ${message} (${ruleId})`)
    .join('\n')
}
