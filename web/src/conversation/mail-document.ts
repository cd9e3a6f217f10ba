import interLatin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'
import interLatinExt from '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2?url'
import DOMPurify from 'dompurify'

export interface MailDocument {
  /** The whole document for the frame. */
  source: string
  /** The mail brings its own colours: it keeps the white paper that they were chosen for. */
  paper: boolean
}

interface Wishes {
  remoteImages: boolean
  dark: boolean
  labels: { quote: string; signature: string }
}

const washer = DOMPurify()
washer.addHook('afterSanitizeAttributes', (node) => {
  if (!(node instanceof HTMLElement)) return
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank')
    node.setAttribute('rel', 'noopener noreferrer nofollow')
  }
})

/**
 * A mail's HTML as a document of its own, for a frame without scripts. The server has sanitised it;
 * it is washed once more here, and the document's own policy allows nothing but pictures of ours
 * (and remote ones once asked for).
 */
export function mailDocument(html: string, { remoteImages, dark, labels }: Wishes): MailDocument {
  const body = new DOMParser().parseFromString(
    washer.sanitize(html, {
      FORBID_TAGS: [
        'style',
        'form',
        'input',
        'button',
        'textarea',
        'select',
        'iframe',
        'object',
        'embed',
        'base',
        'meta',
        'link',
        'video',
        'audio',
      ],
      ADD_ATTR: ['target'],
    }),
    'text/html',
  ).body
  for (const image of body.querySelectorAll('img')) {
    image.loading = 'lazy'
    const remote = image.dataset.remoteSrc
    if (remote && remoteImages) image.src = remote
    else if (remote || !image.getAttribute('src')) standIn(image)
  }
  for (const fold of body.querySelectorAll('details'))
    label(fold, 'signature' in fold.dataset ? labels.signature : labels.quote)
  const paper = bringsColours(body)
  const policy = `default-src 'none'; img-src 'self' data: blob:${remoteImages ? ' https: http:' : ''}; style-src 'unsafe-inline'; font-src 'self'`
  return {
    paper,
    source: `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><style>${sheet(dark && !paper)}</style></head><body dir="auto">${body.innerHTML}</body></html>`,
  }
}

/** One transparent pixel. */
const nothing = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='

/**
 * A quiet box of the picture's own size where there is no picture: never the browser's torn one.
 */
export function standIn(image: HTMLImageElement): void {
  image.dataset.blocked = ''
  image.removeAttribute('srcset')
  image.src = nothing
}

function label(fold: HTMLDetailsElement, text: string): void {
  const summary =
    fold.querySelector(':scope > summary') ??
    fold.insertBefore(document.createElement('summary'), fold.firstChild)
  summary.textContent = '•••'
  summary.setAttribute('aria-label', text)
  summary.setAttribute('title', text)
}

const bringsColours = (body: HTMLElement): boolean =>
  body.querySelector('[bgcolor], [background], font[color]') !== null ||
  [...body.querySelectorAll('[style]')].some((node) =>
    /(?:^|;)\s*(?:background(?:-color)?|color)\s*:/i.test(node.getAttribute('style') ?? ''),
  )

/** The frame cannot read the application's tokens: their values are taken over when it is made. */
function sheet(dark: boolean): string {
  const token = (name: string, onPaper: string): string =>
    dark ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : onPaper
  return `
@font-face{font-family:Inter;src:url(${interLatinExt});font-weight:100 900;unicode-range:U+0100-02BA,U+1E00-1EFF,U+2020,U+20A0-20C0}
@font-face{font-family:Inter;src:url(${interLatin});font-weight:100 900;unicode-range:U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122}
:root{color-scheme:${dark ? 'dark' : 'light'}}
html,body{margin:0;padding:0;background:transparent}
body{display:flow-root;font:14px/1.55 Inter,system-ui,sans-serif;color:${token('--ink', '#1c1b19')};overflow-wrap:anywhere;overflow-y:hidden;overflow-x:auto}
a{color:${token('--accent', '#3650a8')}}
p{margin:0 0 .8em}p:last-child{margin-bottom:0}
img{max-width:100%;height:auto;border-radius:3px}
img[data-blocked]{min-width:1.5rem;min-height:1.5rem;background:${token('--neutral-soft', '#efeeea')};border:1px dashed ${token('--control', '#8f8c84')}}
table{max-width:100%}pre{white-space:pre-wrap}
blockquote{margin:.4em 0;padding-left:.9em;border-left:2px solid ${token('--line-strong', '#d3d0c9')};color:${token('--ink-soft', '#45433e')}}
details{margin:.5em 0 0}
summary{display:inline-block;cursor:pointer;list-style:none;font-size:9px;letter-spacing:1px;line-height:16px;padding:0 8px;border-radius:5px;background:${token('--neutral-soft', '#efeeea')};color:${token('--ink-soft', '#45433e')}}
summary::-webkit-details-marker{display:none}summary:focus-visible,a:focus-visible{outline:2px solid ${token('--accent', '#3650a8')};outline-offset:1px}
details[open]>summary{margin-bottom:.6em}`
}
