import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRole } from '../api/session';
import type { Role } from '../api/types';
import { csvAddress } from './csvAddress';
import { hasRole } from './hasRole';

interface Props {
  /** The address of the list below /api/v1. */
  list: string;
  filters?: Record<string, string | undefined>;
  /** Who may have it. */
  least?: Role;
}

/** The whole list as a file, beyond the page that is shown. The browser loads it by itself, with the session's cookie. */
export function CsvLink({ list, filters = {}, least = 'finance' }: Props) {
  const { t } = useTranslation();
  const mayExport = hasRole(useRole(), least);
  if (!mayExport) {
    return null;
  }
  return (
    <Button href={csvAddress(list, filters)} download>
      {t('common.export')}
    </Button>
  );
}
