// A private, real Dovecot (2.3, as in Debian 12): its own folder, its own free ports, its own
// users.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { dovecotConfiguration, mailAccount } from './dovecot-configuration.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'

export interface DovecotOptions {
  /**
   * Also serve IMAP over TLS (and STARTTLS) with a certificate of its own signing. Off by default.
   */
  tls?: boolean
}

/** A mail as it lies in a folder on the server. */
export interface StoredMail {
  raw: Buffer
  /** Maildir's letters: S seen, R answered, F flagged, T deleted; '' for none. */
  flags: string
}

export class Dovecot {
  readonly host = '127.0.0.1'
  readonly folder: string
  #master: ChildProcess | undefined
  #delivered = 0

  private constructor(
    readonly port: number,
    readonly tlsPort: number | undefined,
  ) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-dovecot-'))
    fs.chmodSync(this.folder, 0o755)
  }

  /**
   * Starts one.
   * @throws Error with Dovecot's own words when it does not come up.
   */
  static async start(options: DovecotOptions = {}): Promise<Dovecot> {
    const dovecot = new Dovecot(await freePort(), options.tls ? await freePort() : undefined)
    for (const name of ['mail', 'run']) fs.mkdirSync(path.join(dovecot.folder, name))
    fs.writeFileSync(path.join(dovecot.folder, 'users'), '')
    if (options.tls) makeCertificate(dovecot.folder)
    fs.writeFileSync(
      path.join(dovecot.folder, 'dovecot.conf'),
      dovecotConfiguration(dovecot.folder, dovecot.port, dovecot.tlsPort),
    )
    await dovecot.start()
    return dovecot
  }

  /** The certificate to trust, in PEM, when started with `tls`. */
  get certificate(): string {
    return fs.readFileSync(path.join(this.folder, 'certificate.pem'), 'utf8')
  }

  /** Adds a user who can sign in at once. */
  addUser(name: string, password: string): void {
    fs.appendFileSync(path.join(this.folder, 'users'), `${name}:{PLAIN}${password}::::::\n`)
    for (const part of ['tmp', 'new', 'cur'])
      fs.mkdirSync(path.join(this.#maildir(name), part), { recursive: true })
    this.#own(path.join(this.folder, 'mail', name))
  }

  /** Changes a user's password; sessions that are open stay open. */
  setPassword(name: string, password: string): void {
    const file = path.join(this.folder, 'users')
    const others = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith(`${name}:`))
    fs.writeFileSync(file, [...others, `${name}:{PLAIN}${password}::::::`, ''].join('\n'))
  }

  /**
   * Delivers a mail as a local delivery agent does; a session in IDLE is told within Dovecot's own
   * half second. Mails get their UIDs in the order of delivery.
   */
  deliver(user: string, raw: string | Buffer, folder = 'INBOX'): void {
    const maildir = this.#maildir(user, folder)
    const existed = fs.existsSync(maildir)
    for (const part of existed ? [] : ['tmp', 'new', 'cur'])
      fs.mkdirSync(path.join(maildir, part), { recursive: true })
    if (!existed) this.#own(maildir)
    const now = Date.now()
    const name = `${Math.floor(now / 1000)}.M${String(this.#delivered++).padStart(6, '0')}P${process.pid}.test`
    const beside = path.join(maildir, 'tmp', name)
    fs.writeFileSync(beside, typeof raw === 'string' ? raw.replace(/\r?\n/g, '\r\n') : raw)
    this.#own(beside)
    fs.renameSync(beside, path.join(maildir, 'new', name))
  }

  /** Every mail in a folder, in the order of delivery. */
  mails(user: string, folder = 'INBOX'): StoredMail[] {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#read(user, folder)
      } catch (error) {
        // The server has moved or flagged one between the listing and the reading: then both are
        // done again.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 20) throw error
      }
    }
  }

  #read(user: string, folder: string): StoredMail[] {
    const maildir = this.#maildir(user, folder)
    const files = ['new', 'cur'].flatMap((part) => {
      const at = path.join(maildir, part)
      return fs.existsSync(at)
        ? fs.readdirSync(at).map((name) => ({ name, file: path.join(at, name) }))
        : []
    })
    return files
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, file }) => ({
        raw: fs.readFileSync(file),
        flags: /:2,([A-Za-z]*)$/.exec(name)?.[1] ?? '',
      }))
  }

  /**
   * Makes the server forget its UIDs: a new UIDVALIDITY with every mail still there, as after a
   * restored backup.
   */
  async changeUidValidity(user: string, folder = 'INBOX'): Promise<void> {
    await this.stop()
    const maildir = this.#maildir(user, folder)
    for (const name of fs.readdirSync(maildir))
      if (name.startsWith('dovecot')) fs.rmSync(path.join(maildir, name), { recursive: true })
    // UIDVALIDITY is a second of the clock: the new one must not be the old one.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await this.start()
  }

  /** Starts it again after `stop` or `kill`, on the same ports with the same mail. */
  async start(): Promise<void> {
    const log = path.join(this.folder, 'dovecot.log')
    const master = spawn('dovecot', ['-F', '-c', path.join(this.folder, 'dovecot.conf')], {
      stdio: ['ignore', 'ignore', fs.openSync(log, 'a')],
      detached: true,
    })
    this.#master = master
    await eventually(`Dovecot listens on ${this.port}`, () => {
      if (master.exitCode !== null) throw new Error(fs.readFileSync(log, 'utf8').slice(-2_000))
      return answers(this.port)
    })
  }

  /** Stops it as its service manager does: sessions are told BYE. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Ends master and every session at once, as a crash of the machine does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Freezes it: connections stay open and are not answered, until `resume`. */
  pause(): void {
    this.#signal('SIGSTOP')
  }

  resume(): void {
    this.#signal('SIGCONT')
  }

  /** Stops it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop()
    fs.rmSync(this.folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const master = this.#master
    if (!master || master.exitCode !== null || master.signalCode !== null) return
    const ended = new Promise((resolve) => master.once('exit', resolve))
    this.#signal('SIGCONT')
    if (signal === 'SIGKILL') this.#signal(signal)
    else master.kill(signal)
    await ended
    this.#signal('SIGKILL')
    this.#master = undefined
  }

  /** To the whole process group: master, log-ins and sessions. */
  #signal(signal: NodeJS.Signals): void {
    try {
      if (this.#master?.pid) process.kill(-this.#master.pid, signal)
    } catch {
      // The group has ended already.
    }
  }

  #maildir(user: string, folder = 'INBOX'): string {
    const inbox = path.join(this.folder, 'mail', user, 'Maildir')
    return folder === 'INBOX' ? inbox : path.join(inbox, `.${folder.replaceAll('/', '.')}`)
  }

  #own(target: string): void {
    const account = mailAccount()
    if (!account) return
    fs.chownSync(target, account.uid, account.gid)
    if (fs.statSync(target).isDirectory())
      for (const name of fs.readdirSync(target)) this.#own(path.join(target, name))
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket
      .once('data', () => socket.destroy())
      .once('error', () => resolve(false))
      .once('close', (failed) => resolve(!failed))
  })
}

function makeCertificate(folder: string): void {
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ]
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...args,
      '-keyout',
      path.join(folder, 'key.pem'),
      '-out',
      path.join(folder, 'certificate.pem'),
    ],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`)
}
