import { useTranslation } from 'react-i18next';
import type { App } from '../../api/types';
import { CopyText } from '../../shared/CopyText';

/** Where the guide for the game's team is. The server does not serve the documents, so it is named, not linked. */
export function Guide({ app }: { app: App }) {
  const { t, i18n } = useTranslation();
  const file = `docs/guides/${app.protocol.toLowerCase()}${i18n.language === 'zh' ? '.zh-CN' : ''}.md`;
  const tool = `ordercenter probe URL --protocol ${app.protocol} --secret SECRET`;
  return (
    <section className="panel" aria-label={t('guide.title')}>
      <h2>{t('guide.title')}</h2>
      <p>{t('guide.text')}</p>
      <CopyText text={file} what={t('guide.file')}>
        <code>{file}</code>
      </CopyText>
      <p>
        {t('guide.client')} <code>OrderCenter.Client</code>
      </p>
      <p>{t('guide.tools')}</p>
      <CopyText text={tool} what={t('guide.title')}>
        <code>{tool}</code>
      </CopyText>
    </section>
  );
}
