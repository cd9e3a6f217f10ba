type Go = (path: '/' | '/tickets', options: { replace: true; search?: string }) => Promise<unknown>

/** Back to where signing in was asked for; never to another site, whatever the URL says. */
export async function returnAfterSignIn(back: string, go: Go): Promise<void> {
  const target = back.startsWith('/') ? new URL(back, location.origin) : null
  if (target === null || target.origin !== location.origin || target.pathname === '/sign-in')
    return void (await go('/', { replace: true }))
  await go(target.pathname as '/tickets', { replace: true, search: target.search })
}
