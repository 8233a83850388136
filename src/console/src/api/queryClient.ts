import { QueryClient } from '@tanstack/react-query';
import { toFault } from './fault';

const RETRIES_MAX = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses, it refuses again; only a fault of the network or the server may pass.
      retry: (failures, error) => {
        const { status } = toFault(error);
        return failures < RETRIES_MAX && (status === 0 || status >= 500);
      },
    },
    mutations: { retry: false },
  },
});
