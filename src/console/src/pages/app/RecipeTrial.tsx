import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { tryChannel } from '../../api/recipes';
import type { Tried } from '../../api/types';
import { FaultAlert } from '../../shared/FaultAlert';

interface Fields {
  name: string;
  sample: string;
}

const LIKED = ['paid', 'refunded', 'ignored'];

/** Tries a channel by recipe with a sample of a notification. */
export function RecipeTrial({ gameId, names }: { gameId: string; names: string[] }) {
  const { t } = useTranslation();
  const trying = useMutation({ mutationFn: ({ name, sample }: Fields) => tryChannel(gameId, name, sample.trim()) });
  return (
    <>
      <h3>{t('recipes.try')}</h3>
      <Form<Fields>
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: names[0] }}
        onFinish={(fields) => trying.mutate(fields)}
      >
        <Form.Item name="name" label={t('recipes.name')}>
          <Select options={names.map((name) => ({ value: name, label: name }))} />
        </Form.Item>
        <Form.Item
          name="sample"
          label={t('recipes.sample')}
          extra={t('recipes.sampleHint')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input.TextArea spellCheck={false} rows={4} />
        </Form.Item>
        <FaultAlert fault={trying.error} />
        <Button htmlType="submit" loading={trying.isPending}>
          {t('recipes.tryNow')}
        </Button>
      </Form>
      {trying.data && <Result tried={trying.data} />}
    </>
  );
}

function Result({ tried }: { tried: Tried }) {
  const { t } = useTranslation();
  const contradiction = tried.order?.contradiction;
  const isLiked = LIKED.includes(tried.verdict) && !contradiction;
  return (
    <output className="signed">
      <Alert
        type={isLiked ? 'success' : 'warning'}
        showIcon
        title={t('recipes.verdict', { verdict: tried.verdict })}
        description={contradiction ?? tried.reason}
      />
      <p>
        {t('recipes.order')}:{' '}
        {tried.order ? `${tried.order.orderId} (${tried.order.payState}, ${tried.order.state})` : t('recipes.noOrder')}
      </p>
      {tried.signedText !== null && (
        <>
          <p>{t('sign.hashed')}</p>
          <pre>{tried.signedText}</pre>
        </>
      )}
      <p>
        {t('recipes.answer')}: {tried.answer.status} <code>{tried.answer.body}</code>
      </p>
    </output>
  );
}
