import type { Part } from '../texts';

interface PageOf {
  path: string;
  load: () => Promise<{ default: React.ComponentType }>;
  /** The texts that it needs beside those of every page. */
  texts?: Part;
}

/** The pages behind the sign-in. A page is loaded when somebody goes to it. */
export const PAGES: PageOf[] = [
  { path: '/', load: () => import('../pages/work/WorkPage') },
  { path: '/alerts', load: () => import('../pages/alerts/AlertsPage'), texts: 'alerts' },
  { path: '/search', load: () => import('../pages/search/SearchPage') },
  { path: '/orders', load: () => import('../pages/orders/OrdersPage') },
  { path: '/orders/:orderId', load: () => import('../pages/order/OrderPage') },
  { path: '/players/:gameId/:userId', load: () => import('../pages/player/PlayerPage'), texts: 'ledger' },
  { path: '/callbacks', load: () => import('../pages/callbacks/CallbacksPage') },
  { path: '/callbacks/:id', load: () => import('../pages/callback/CallbackPage') },
  { path: '/endpoints', load: () => import('../pages/endpoints/EndpointsPage') },
  { path: '/notifications', load: () => import('../pages/notifications/NotificationsPage') },
  { path: '/apps', load: () => import('../pages/apps/AppsPage'), texts: 'apps' },
  { path: '/apps/:gameId', load: () => import('../pages/app/AppPage'), texts: 'apps' },
  { path: '/reconciliations', load: () => import('../pages/reconciliations/ReconciliationsPage'), texts: 'ledger' },
  {
    path: '/statement-fetches',
    load: () => import('../pages/statement-fetches/StatementFetchesPage'),
    texts: 'ledger',
  },
  { path: '/reconciliations/:id', load: () => import('../pages/reconciliation/ReconciliationPage'), texts: 'ledger' },
  { path: '/cards', load: () => import('../pages/cards/CardsPage'), texts: 'ledger' },
  { path: '/accounts', load: () => import('../pages/accounts/AccountsPage'), texts: 'ledger' },
  { path: '/operators', load: () => import('../pages/operators/OperatorsPage') },
  { path: '/tokens', load: () => import('../pages/tokens/TokensPage') },
  { path: '/audit', load: () => import('../pages/audit/AuditPage') },
  { path: '/profile', load: () => import('../pages/profile/ProfilePage') },
  { path: '*', load: () => import('../pages/not-found/NotFoundPage') },
];
