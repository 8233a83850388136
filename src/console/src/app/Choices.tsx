import { MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { setLanguage } from '../texts';
import { setDark, useDark } from './useDark';

/** The language and the colors. */
export function Choices() {
  const { t, i18n } = useTranslation();
  const isDark = useDark();
  const other = i18n.language === 'zh' ? 'en' : 'zh';
  const name = isDark ? t('app.light') : t('app.dark');
  return (
    <>
      <Button type="text" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => void setLanguage(other)}>
        {t('app.language')}
      </Button>
      <Button
        type="text"
        aria-label={name}
        title={name}
        icon={isDark ? <SunOutlined aria-hidden /> : <MoonOutlined aria-hidden />}
        onClick={() => setDark(!isDark)}
      />
    </>
  );
}
