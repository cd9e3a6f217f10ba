/**
 * What a person asked and the server has not answered yet. Leaving the page meanwhile asks first:
 * the browser may not even have sent it.
 */
export async function onItsWay<Answered>(asked: Promise<Answered>): Promise<Answered> {
  if (++count === 1) window.addEventListener('beforeunload', askFirst)
  try {
    return await asked
  } finally {
    if (--count === 0) window.removeEventListener('beforeunload', askFirst)
  }
}

let count = 0
const askFirst = (event: BeforeUnloadEvent): void => event.preventDefault()
