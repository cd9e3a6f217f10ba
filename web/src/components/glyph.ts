import type { LucideProps } from '@lucide/svelte'
import type { Component } from 'svelte'

/** An icon as a property: any of Lucide's. */
export type Glyph = Component<LucideProps>
