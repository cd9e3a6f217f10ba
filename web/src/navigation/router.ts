import { createRouter } from 'sv-router'
import Desk from '../list/Desk.svelte'
import Home from '../shell/Home.svelte'
import NotFound from '../shell/NotFound.svelte'

/**
 * Every address of the application. What is not needed for the daily work is loaded when it is
 * opened.
 */
export const { navigate, route, isActive } = createRouter({
  '/': Home,
  '/tickets': Desk,
  '/tickets/new': () => import('../ticket/NewTicketPage.svelte'),
  '/tickets/:number': Desk,
  '/approvals': () => import('../approvals/WaitingPage.svelte'),
  '/purchases': () => import('../approvals/PurchasesPage.svelte'),
  '/assets': () => import('../equipment/AssetsPage.svelte'),
  '/assets/:id': () => import('../equipment/AssetPage.svelte'),
  '/documents': () => import('../equipment/DocumentsPage.svelte'),
  '/documents/:id': () => import('../equipment/DocumentPage.svelte'),
  '/contacts': () => import('../contacts/ContactsPage.svelte'),
  '/contacts/:email': () => import('../contacts/ContactPage.svelte'),
  '/confirm/:token': () => import('../equipment/ConfirmPage.svelte'),
  '/notices': () => import('../notices/NoticesPage.svelte'),
  '/tasks': () => import('../tasks/TasksPage.svelte'),
  '/time': () => import('../tasks/TimePage.svelte'),
  '/approve/:token': () => import('../approvals/LinkPage.svelte'),
  '/reports': () => import('../reports/ReportsPage.svelte'),
  '/outbox': () => import('../operations/OutboxPage.svelte'),
  '/quarantine': () => import('../operations/QuarantinePage.svelte'),
  '/settings': () => import('../settings/SettingsPage.svelte'),
  '/settings/:section': () => import('../settings/SettingsPage.svelte'),
  '/welcome': () => import('../welcome/WelcomePage.svelte'),
  '/sign-in': () => import('../session/SignInPage.svelte'),
  '/setup/:token': () => import('../session/SetUpPage.svelte'),
  '*': NotFound,
})
