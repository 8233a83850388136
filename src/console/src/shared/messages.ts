import type { MessageInstance } from 'antd/es/message/interface';
import { createContext, useContext } from 'react';

/** Where short messages are shown; src/app/Appearance.tsx gives it. */
export const Messages = createContext<MessageInstance | null>(null);

export function useMessages(): MessageInstance {
  const messages = useContext(Messages);
  if (!messages) {
    throw new Error('there is nowhere to show messages');
  }
  return messages;
}
