import type { ReactNode } from 'react';
import { useTitle } from './useTitle';

/** The name of a page, and what can be done on it. */
export function PageHead({ title, beside, children }: { title: string; beside?: ReactNode; children?: ReactNode }) {
  useTitle(title);
  return (
    <div className="page-head">
      <div className="copy">
        <h1>{title}</h1>
        {beside}
      </div>
      {children && <div className="page-acts">{children}</div>}
    </div>
  );
}
