// Temporal's store of one machine, put back to what it was, as a backup of its disk would be.
import fs from 'node:fs'
import path from 'node:path'

const STORE = /^temporal\.db(-wal|-shm)?$/
const ASIDE = 'aside-'

/** Sets a copy aside of what stands there now. Nobody may write meanwhile. */
export function setStoreAside(folder: string): void {
  for (const name of storeFiles(folder))
    if (!name.endsWith('-shm'))
      fs.copyFileSync(path.join(folder, name), path.join(folder, `${ASIDE}${name}`))
}

/** Puts it back in the place of what stands there. Its server must not run. */
export function putStoreBack(folder: string): void {
  for (const name of storeFiles(folder)) fs.rmSync(path.join(folder, name))
  for (const name of fs.readdirSync(folder).filter((file) => file.startsWith(ASIDE)))
    fs.renameSync(path.join(folder, name), path.join(folder, name.slice(ASIDE.length)))
}

const storeFiles = (folder: string): string[] =>
  fs.readdirSync(folder).filter((file) => STORE.test(file))
