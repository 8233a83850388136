import { useMutation } from '@tanstack/react-query';
import { Button, Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { putApp, refreshApps } from '../../api/apps';
import type { Recipe } from '../../api/types';
import { FaultAlert } from '../../shared/FaultAlert';
import { useMessages } from '../../shared/messages';
import { OWN, parsed, type RecipeFields, settingsOf } from './recipeOf';

const APP = 'app.';

/** Adds a channel by recipe: one that ships, or one's own. */
export function RecipeForm({ gameId, recipes }: { gameId: string; recipes: Recipe[] }) {
  const { t } = useTranslation();
  const message = useMessages();
  const [form] = Form.useForm<RecipeFields>();
  const chosen = Form.useWatch('recipe', form);
  const recipe = recipes.find(({ name }) => name === chosen);
  const isOwn = chosen === OWN;
  const saving = useMutation({
    mutationFn: (fields: RecipeFields) => putApp(gameId, { channels: { [fields.name.trim()]: settingsOf(fields) } }),
    onSuccess: async () => {
      await refreshApps();
      void message.success(t('appPage.saved'));
    },
  });

  function choose(name: string): void {
    const found = recipes.find((one) => one.name === name);
    form.setFieldsValue({
      publicKeyIsOwn: false,
      name: found?.name ?? '',
      app: (found?.settings ?? [])
        .filter((setting) => setting.startsWith(APP))
        .map((setting) => `${setting.slice(APP.length)}=`)
        .join('\n'),
    });
  }

  return (
    <Form<RecipeFields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => saving.mutate(fields)}>
      <h3>{t('recipes.new')}</h3>
      <Form.Item
        name="recipe"
        label={t('recipes.recipe')}
        rules={[{ required: true, message: t('common.required') }]}
        extra={recipe && `${t('recipes.document')}: ${recipe.document}`}
      >
        <Select
          onChange={choose}
          options={[
            ...recipes.map(({ name, title }) => ({ value: name, label: title })),
            { value: OWN, label: t('recipes.own') },
          ]}
        />
      </Form.Item>
      {isOwn && (
        <Form.Item
          name="json"
          label={t('recipes.json')}
          extra={t('recipes.jsonHint')}
          rules={[
            {
              validator: (_, value: string) =>
                parsed(value ?? '') ? Promise.resolve() : Promise.reject(new Error(t('recipes.wrong'))),
            },
          ]}
          validateTrigger="onSubmit"
        >
          <Input.TextArea spellCheck={false} rows={10} />
        </Form.Item>
      )}
      {chosen && (
        <>
          <Form.Item
            name="name"
            label={t('recipes.name')}
            extra={t('recipes.nameHint')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input autoComplete="off" maxLength={32} />
          </Form.Item>
          {(isOwn || recipe?.settings.includes('key')) && (
            <Form.Item name="key" label={t('recipes.key')} extra={t('recipes.keyHint')}>
              <Input.Password autoComplete="off" maxLength={512} />
            </Form.Item>
          )}
          {(isOwn || recipe?.settings.includes('publicKey')) && (
            <Form.Item name="publicKey" label={t('recipes.publicKey')}>
              <Input.TextArea spellCheck={false} rows={3} />
            </Form.Item>
          )}
          {(isOwn || recipe?.settings.includes('publicKeyIsOwn')) && (
            <Form.Item name="publicKeyIsOwn" valuePropName="checked" extra={t('recipes.publicKeyIsOwnHint')}>
              <Checkbox>{t('recipes.publicKeyIsOwn')}</Checkbox>
            </Form.Item>
          )}
          {(isOwn || recipe?.settings.some((setting) => setting.startsWith(APP))) && (
            <Form.Item name="app" label={t('recipes.app')} extra={t('recipes.appHint')}>
              <Input.TextArea spellCheck={false} rows={2} />
            </Form.Item>
          )}
        </>
      )}
      <FaultAlert fault={saving.error} />
      <Button htmlType="submit" loading={saving.isPending}>
        {t('recipes.add')}
      </Button>
    </Form>
  );
}
