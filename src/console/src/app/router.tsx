import { createBrowserRouter, type RouteObject } from 'react-router';
import { loadTexts } from '../texts';
import { PageFault } from './PageFault';
import { PAGES } from './pages';
import { Shell } from './Shell';
import { Signed } from './Signed';
import { Waiting } from './Waiting';

const signIn: RouteObject = {
  path: '/sign-in',
  lazy: async () => ({ Component: (await import('../pages/sign-in/SignInPage')).default }),
};

const pages = PAGES.map(
  ({ path, load, texts }): RouteObject => ({
    path,
    lazy: async () => {
      const [page] = await Promise.all([load(), texts && loadTexts(texts)]);
      return { Component: page.default };
    },
  }),
);

export const router = createBrowserRouter(
  [
    {
      ErrorBoundary: PageFault,
      HydrateFallback: Waiting,
      children: [
        signIn,
        {
          Component: Signed,
          children: [{ Component: Shell, children: [{ ErrorBoundary: PageFault, children: pages }] }],
        },
      ],
    },
  ],
  { basename: '/console/' },
);
