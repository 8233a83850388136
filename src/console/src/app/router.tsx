import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { PageFault } from './PageFault';
import { Shell } from './Shell';
import { Signed } from './Signed';
import { Waiting } from './Waiting';

/** A page is loaded when somebody goes to it. */
function page(path: string, load: () => Promise<{ default: React.ComponentType }>): RouteObject {
  return { path, lazy: async () => ({ Component: (await load()).default }) };
}

export const router = createBrowserRouter(
  [
    {
      ErrorBoundary: PageFault,
      HydrateFallback: Waiting,
      children: [
        page('/sign-in', () => import('../pages/sign-in/SignInPage')),
        {
          Component: Signed,
          children: [
            {
              Component: Shell,
              children: [
                {
                  ErrorBoundary: PageFault,
                  children: [
                    { index: true, element: <Navigate to="/orders" replace /> },
                    page('/orders', () => import('../pages/orders/OrdersPage')),
                    page('/orders/:orderId', () => import('../pages/order/OrderPage')),
                    page('/search', () => import('../pages/search/SearchPage')),
                    page('/callbacks', () => import('../pages/callbacks/CallbacksPage')),
                    page('/notifications', () => import('../pages/notifications/NotificationsPage')),
                    page('/operators', () => import('../pages/operators/OperatorsPage')),
                    page('/tokens', () => import('../pages/tokens/TokensPage')),
                    page('/audit', () => import('../pages/audit/AuditPage')),
                    page('/profile', () => import('../pages/profile/ProfilePage')),
                    page('*', () => import('../pages/not-found/NotFoundPage')),
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  { basename: '/console' },
);
