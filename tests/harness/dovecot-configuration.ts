import fs from 'node:fs'
import os from 'node:os'

/**
 * The account that owns the mail when the tests run as root (Dovecot serves no mail as root);
 * otherwise it is our own.
 */
export function mailAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const nobody = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody')
  return { uid: Number(nobody?.[2] ?? 65534), gid: Number(nobody?.[3] ?? 65534) }
}

/**
 * @returns dovecot.conf for a server that lives in `folder` alone and does without the system's
 *   configuration.
 */
export function dovecotConfiguration(
  folder: string,
  port: number,
  tlsPort: number | undefined,
): string {
  const account = mailAccount()
  const { uid, gid } = account ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  // Not being root, it cannot change to its usual accounts nor lock itself into a folder: then all
  // of it is us.
  const unprivileged = account
    ? ''
    : `
default_internal_user = ${os.userInfo().username}
default_login_user = ${os.userInfo().username}
default_internal_group = ${gid}
service anvil {
  chroot =
}
service imap-login {
  chroot =
}
service stats {
  chroot =
}
`
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_max_userip_connections = 200
mailbox_idle_check_interval = 5 secs
first_valid_uid = 1
first_valid_gid = 1
${unprivileged}
service auth {
  client_limit = 2000
}
service anvil {
  client_limit = 2000
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort ?? 0}
    ssl = ${tlsPort ? 'yes' : 'no'}
  }
}
ssl = ${tlsPort ? 'yes' : 'no'}
${tlsPort ? `ssl_cert = <${folder}/certificate.pem\nssl_key = <${folder}/key.pem` : ''}
passdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
namespace inbox {
  inbox = yes
  mailbox Sent {
    special_use = \\Sent
    auto = create
  }
  mailbox Archive {
    special_use = \\Archive
    auto = create
  }
}
protocol imap {
  mail_plugins =
}
`
}
