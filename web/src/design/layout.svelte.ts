const phone = matchMedia('(width < 48rem)')
const roomy = matchMedia('(width >= 80rem)')
let isPhone = $state(phone.matches)
let isRoomy = $state(roomy.matches)
phone.addEventListener('change', (change) => {
  isPhone = change.matches
})
roomy.addEventListener('change', (change) => {
  isRoomy = change.matches
})
let drawer = $state(false)
let palette = $state(false)
let help = $state(false)
let composerHeight = $state(0)
let panelWidth = $state(0)

/**
 * What the width of the window allows, and which of the shell's overlays are open. The limits are
 * those of design/tokens.css.
 */
export const layout = {
  /** One pane at a time. */
  get isPhone(): boolean {
    return isPhone
  },
  /** Room for navigation, list, ticket and properties side by side. */
  get isRoomy(): boolean {
    return isRoomy
  },
  get drawer(): boolean {
    return drawer
  },
  set drawer(open: boolean) {
    drawer = open
  },
  get palette(): boolean {
    return palette
  },
  set palette(open: boolean) {
    palette = open
  },
  get help(): boolean {
    return help
  },
  set help(open: boolean) {
    help = open
  },
  /** Pixels at the lower edge in which one writes and sends: notices stand above. */
  get composerHeight(): number {
    return composerHeight
  },
  set composerHeight(pixels: number) {
    composerHeight = pixels
  },
  /** Pixels of the properties at the right edge: notices stand beside them. */
  get panelWidth(): number {
    return panelWidth
  },
  set panelWidth(pixels: number) {
    panelWidth = pixels
  },
}
