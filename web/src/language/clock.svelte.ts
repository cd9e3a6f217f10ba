let now = $state(Date.now())
setInterval(() => {
  now = Date.now()
}, 15_000)
document.addEventListener('visibilitychange', () => {
  now = Date.now()
})

/** The time, as exact as "5 minutes ago" needs it: one timer for all times on the page. */
export const clock = {
  get now(): number {
    return now
  },
}
