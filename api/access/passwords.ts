/**
 * RFC 9106 names the algorithm, OWASP the least cost: 19 MiB, two passes. One sign-in takes some 30
 * ms of one core.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// Loaded at the first sign-in: an API that only serves pages has no need for it.
const argon2 = () => import('@node-rs/argon2')

/** @returns the argon2id hash in PHC format. */
export const hashPassword = async (password: string): Promise<string> =>
  (await argon2()).hash(password, cost)

let nobody: Promise<string> | undefined

/**
 * Takes as long for a person who does not exist, or has no password yet, as for one who mistyped.
 * @param hash null when there is none to compare with.
 */
export async function isPassword(hash: string | null, password: string): Promise<boolean> {
  const { verify } = await argon2()
  const right = await verify(
    hash ?? (await (nobody ??= hashPassword('nobody has this password'))),
    password,
  )
  return right && hash !== null
}
