import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshApps } from '../../api/apps';
import { toFault } from '../../api/fault';
import { type Products, putProducts } from '../../api/products';
import { FaultAlert } from '../../shared/FaultAlert';
import { useMessages } from '../../shared/messages';
import { fieldText } from '../../texts/serverSays';
import { catalogueOf } from './catalogueOf';

interface Props {
  gameId: string;
  products: Products;
  close: () => void;
}

/** Writes the catalogue of a game anew, as JSON. */
export function ProductsForm({ gameId, products, close }: Props) {
  const { t } = useTranslation();
  const message = useMessages();
  const [form] = Form.useForm<{ json: string }>();
  const [fault, setFault] = useState<unknown>(null);
  const saving = useMutation({
    mutationFn: (json: string) => putProducts(gameId, catalogueOf(json).products ?? {}),
    onSuccess: async () => {
      close();
      await refreshApps();
      void message.success(t('products.saved'));
    },
    onError: (error) => {
      const { fields } = toFault(error);
      form.setFields([
        { name: 'json', errors: fields.map(({ field, allowed }) => `${field}: ${fieldText(t, field, allowed)}`) },
      ]);
      setFault(fields.length > 0 ? null : error);
    },
  });

  function check(json: string): Promise<void> {
    const { fault: wrong } = catalogueOf(json);
    return wrong === undefined ? Promise.resolve() : Promise.reject(new Error(t('products.wrong', { reason: wrong })));
  }

  return (
    <Form<{ json: string }>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ json: JSON.stringify(products, null, 2) }}
      onFinish={({ json }) => {
        setFault(null);
        saving.mutate(json);
      }}
    >
      <Form.Item
        name="json"
        label={t('products.json')}
        extra={
          <>
            {t('products.jsonHint')} <code>{EXAMPLE}</code>
          </>
        }
        rules={[{ validator: (_, json: string) => check(json) }]}
        validateTrigger="onSubmit"
      >
        <Input.TextArea spellCheck={false} rows={14} />
      </Form.Item>
      <FaultAlert fault={fault} />
      <div className="tags">
        <Button type="primary" htmlType="submit" loading={saving.isPending}>
          {t('common.save')}
        </Button>
        <Button onClick={close}>{t('common.cancel')}</Button>
      </div>
    </Form>
  );
}

const EXAMPLE = JSON.stringify({
  'gem-60': { name: '60 gems', prices: { CNY: '6.5', USD: '0.99' }, skus: { google: 'com.example.gem60' } },
});
