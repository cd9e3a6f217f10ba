/**
 * The list is there first; what shows a ticket comes right behind it. Asked for here and not in the
 * component: the router takes a component whose own code imports something for a page that is
 * loaded on demand.
 */
export const ticketPane = import('./TicketPane.svelte')
