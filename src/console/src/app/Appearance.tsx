import { useQuery } from '@tanstack/react-query';
import { ConfigProvider, message, type ThemeConfig, theme } from 'antd';
import { type ReactNode, useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Messages } from '../shared/messages';
import { nonce } from './styleNonce';
import { useDark } from './useDark';

const LIGHT_TAGS = { colorSuccess: '#237804', colorInfo: '#0050b3', colorWarning: '#ad4e00', colorError: '#a8071a' };
const DARK_TAGS = { colorSuccess: '#8fd460', colorInfo: '#65a9f3', colorWarning: '#f3b765', colorError: '#f37370' };

/** What the pointer is over or presses: darker on white, lighter on black. */
const LIGHT_BUTTONS = { dangerColor: '#fff', defaultHoverColor: '#1d39c4', defaultActiveColor: '#10239e' };
const DARK_BUTTONS = { dangerColor: '#000', defaultHoverColor: '#85a5ff', defaultActiveColor: '#85a5ff' };

/** Ant Design's own colors of links, hints, dangers, tags and of what the pointer is over have too little contrast (WCAG 2.2, 1.4.3). */
const look = (dark: boolean): ThemeConfig => ({
  algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
  token: {
    colorPrimary: dark ? '#5273e0' : '#2f54eb',
    colorPrimaryHover: dark ? '#4262d0' : '#1d39c4',
    colorPrimaryActive: dark ? '#3552b5' : '#10239e',
    colorLink: dark ? '#69b1ff' : '#2f54eb',
    colorLinkHover: dark ? '#91caff' : '#1d39c4',
    colorLinkActive: dark ? '#91caff' : '#10239e',
    colorError: dark ? '#ff7875' : '#cf1322',
    colorErrorHover: dark ? '#ffa39e' : '#a8071a',
    colorErrorActive: dark ? '#ffa39e' : '#820014',
    colorTextDescription: dark ? 'rgba(255, 255, 255, 0.65)' : 'rgba(0, 0, 0, 0.65)',
    colorTextPlaceholder: dark ? 'rgba(255, 255, 255, 0.55)' : 'rgba(0, 0, 0, 0.58)',
    borderRadius: 6,
    motion: false,
  },
  components: { Button: dark ? DARK_BUTTONS : LIGHT_BUTTONS, Tag: dark ? DARK_TAGS : LIGHT_TAGS },
});

/** Ant Design's texts in the language that is shown; its own are English. */
const antTexts = (language: string) => ({
  queryKey: ['ant-texts', language],
  queryFn: async () => (language === 'zh' ? (await import('antd/locale/zh_CN')).default : null),
  staleTime: Number.POSITIVE_INFINITY,
});

export function Appearance({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const isDark = useDark();
  const texts = useQuery(antTexts(i18n.language)).data ?? undefined;
  return (
    <ConfigProvider
      theme={look(isDark)}
      locale={texts}
      csp={nonce ? { nonce } : undefined}
      button={{ autoInsertSpace: false }}
    >
      <Colors isDark={isDark} />
      <WithMessages>{children}</WithMessages>
    </ConfigProvider>
  );
}

/** Ant Design's own provider of messages brings dialogs and notifications too, which most pages do not show. */
function WithMessages({ children }: { children: ReactNode }) {
  const [messages, holder] = message.useMessage();
  return (
    <Messages value={messages}>
      {holder}
      {children}
    </Messages>
  );
}

/** Ant Design's colors for app.css. */
function Colors({ isDark }: { isDark: boolean }) {
  const { token } = theme.useToken();
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    style.colorScheme = isDark ? 'dark' : 'light';
    style.setProperty('--ground', token.colorBgLayout);
    style.setProperty('--surface', token.colorBgContainer);
    style.setProperty('--line', token.colorBorderSecondary);
    style.setProperty('--text', token.colorText);
    style.setProperty('--faint', token.colorTextSecondary);
    style.setProperty('--primary', token.colorPrimary);
    style.setProperty('--link', token.colorLink);
    style.setProperty('--soft', token.colorFillQuaternary);
  }, [isDark, token]);
  return null;
}
