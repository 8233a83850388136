import { createRoot } from 'react-dom/client';
import { watchSession } from './api/session';
import { App } from './app/App';
import { startTexts } from './texts';
import './app/app.css';

watchSession();
await startTexts();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(<App />);
}
