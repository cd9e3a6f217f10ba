import { createRouter } from 'sv-router'
import TicketsPage from '../tickets/TicketsPage.svelte'
import Home from '../shell/Home.svelte'
import NotFound from '../shell/NotFound.svelte'

/**
 * Every address of the application. What is not needed for the daily work is loaded when it is
 * opened.
 */
export const { navigate, route, isActive } = createRouter({
  '/': Home,
  '/tickets': TicketsPage,
  '/tickets/new': () => import('../tickets/NewTicketPage.svelte'),
  '/tickets/:number': TicketsPage,
  '/approvals': () => import('../approvals/ApprovalsPage.svelte'),
  '/purchases': () => import('../purchases/PurchasesPage.svelte'),
  '/assets': () => import('../assets/AssetsPage.svelte'),
  '/assets/:id': () => import('../assets/AssetPage.svelte'),
  '/documents': () => import('../assets/DocumentsPage.svelte'),
  '/documents/:id': () => import('../assets/DocumentPage.svelte'),
  '/contacts': () => import('../contacts/ContactsPage.svelte'),
  '/contacts/:email': () => import('../contacts/ContactPage.svelte'),
  '/confirm/:token': () => import('../assets/ConfirmPage.svelte'),
  '/notifications': () => import('../notifications/NotificationsPage.svelte'),
  '/tasks': () => import('../tasks/TasksPage.svelte'),
  '/time': () => import('../tasks/TimePage.svelte'),
  '/approve/:token': () => import('../approvals/LinkPage.svelte'),
  '/reports': () => import('../reports/ReportsPage.svelte'),
  '/outbox': () => import('../conversation/OutboxPage.svelte'),
  '/quarantine': () => import('../mail-in/QuarantinePage.svelte'),
  '/settings': () => import('../settings/SettingsPage.svelte'),
  '/settings/:section': () => import('../settings/SettingsPage.svelte'),
  '/welcome': () => import('../welcome/WelcomePage.svelte'),
  '/sign-in': () => import('../people/SignInPage.svelte'),
  '/setup/:token': () => import('../people/SetUpPage.svelte'),
  '*': NotFound,
})
