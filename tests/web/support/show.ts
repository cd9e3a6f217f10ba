import { render, screen } from '@testing-library/svelte'
import type { Component } from 'svelte'
import Page from './Page.svelte'

/** Shows a component as the page does. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any component, whatever it takes
export function show(component: Component<any>, props: Record<string, unknown> = {}): void {
  render(Page, { props: { shown: component, props } })
}

export const button = (name: RegExp | string): HTMLElement => screen.getByRole('button', { name })
