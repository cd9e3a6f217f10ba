// Writes web/src/api/schema.d.ts, the types of the web app's client, from the schemas that the API
// validates with: `node scripts/api-types.mjs`, and a part of `npm run check`. Nothing needs to run
// for it.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from './environment.mjs'
import { runCommand } from './launch/commands.mjs'

const prefix = '/api/v1'
const file = path.join(projectRoot, 'web/src/api/schema.d.ts')

/** @returns {Promise<any>} the API's OpenAPI document */
export const apiDescription = async () =>
  JSON.parse(await runCommand(process.execPath, ['--import', 'tsx', 'api/openapi.ts']))

/**
 * The file is touched only when it says something else: who watches it is left in peace.
 * @param {any} description the API's OpenAPI document
 */
export async function writeApiTypes(description) {
  const { default: openapi, astToString } = await import('openapi-typescript')
  const types = astToString(
    await openapi(
      { ...description, paths: relative(description.paths) },
      // A field with a default is in every answer, which says so itself; a body may leave it out.
      { defaultNonNullable: false },
    ),
  )
  const text = `// Made by scripts/api-types.mjs from api/openapi.ts.\n${types}`
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) return
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
}

/**
 * The paths as the client asks for them, below the address that all of them share.
 * @param {Record<string, object>} paths
 */
const relative = (paths) =>
  Object.fromEntries(
    Object.entries(paths).map(([name, operations]) => [
      name.startsWith(`${prefix}/`) ? name.slice(prefix.length) : name,
      operations,
    ]),
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeApiTypes(await apiDescription())
