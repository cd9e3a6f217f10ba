// What an operator does from the command line, by its name: `node scripts/cli.mjs <command> …`, or
// `npm run <command> -- …`. Builds first where there are sources; the table of commands is
// cli/commands.ts.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from './environment.mjs'
import { script } from './launch/commands.mjs'

// An image has what is built and no sources.
if (fs.existsSync(path.join(projectRoot, 'cli'))) await script('build.mjs', ['--server'])
await import(pathToFileURL(path.join(projectRoot, 'dist/cli.mjs')).href)
