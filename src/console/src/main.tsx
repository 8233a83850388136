import { createRoot } from 'react-dom/client';
import { watchSession } from './api/session';
import { App } from './app/App';
import { giveStylesTheNonce } from './app/styleNonce';
import { startTexts } from './texts';
import './app/app.css';

giveStylesTheNonce();
watchSession();
await startTexts();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(<App />);
}
