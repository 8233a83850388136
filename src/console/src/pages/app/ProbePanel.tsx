import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input, Tag } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { probe } from '../../api/endpoints';
import type { App, Finding } from '../../api/types';
import { FaultAlert } from '../../shared/FaultAlert';

/** Has the server call a game's server with a test callback, and says how it behaved. */
export function ProbePanel({ app }: { app: App }) {
  const { t } = useTranslation();
  const probing = useMutation({ mutationFn: ({ url }: { url: string }) => probe(app.gameId, url.trim()) });
  const report = probing.data;
  const panel = useRef<HTMLElement>(null);
  const { hash } = useLocation();
  useEffect(() => {
    if (hash === '#probe') {
      panel.current?.scrollIntoView();
    }
  }, [hash]);
  return (
    <section ref={panel} className="panel" aria-label={t('probe.title')}>
      <h2>{t('probe.title')}</h2>
      <p className="faint">{t('probe.hint')}</p>
      <Form<{ url: string }>
        layout="vertical"
        requiredMark={false}
        initialValues={{ url: app.callbackUrl ?? '' }}
        onFinish={(fields) => probing.mutate(fields)}
      >
        <Form.Item
          name="url"
          label={t('probe.url')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input type="url" autoComplete="off" maxLength={2048} />
        </Form.Item>
        <FaultAlert fault={probing.error} />
        <Button htmlType="submit" loading={probing.isPending}>
          {t('probe.run')}
        </Button>
      </Form>
      <output>
        {report?.findings.length === 0 && <p>{t('probe.none')}</p>}
        {report && (
          <ul className="plain">
            {report.findings.map((finding) => (
              <li key={`${finding.step} ${finding.text}`}>
                <FindingTag finding={finding} /> <strong>{finding.step}</strong> {finding.text}
              </li>
            ))}
          </ul>
        )}
      </output>
    </section>
  );
}

function FindingTag({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  if (finding.verdict === 'advice') {
    return <Tag color="warning">{t('probe.advice')}</Tag>;
  }
  return <Tag color={finding.isOk ? 'success' : 'error'}>{t(finding.isOk ? 'probe.ok' : 'probe.notOk')}</Tag>;
}
