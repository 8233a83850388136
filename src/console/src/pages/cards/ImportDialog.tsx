import { Alert, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IMPORT_MAX, importCards } from '../../api/cards';
import { toFault } from '../../api/fault';
import { queryClient } from '../../api/queryClient';
import { ActDialog } from '../../shared/ActDialog';
import { FileField } from '../../shared/FileField';
import { useMessages } from '../../shared/messages';
import { cardsOf, type ReadCard } from './cardsOf';

interface Fields {
  productId: string;
  csv?: string;
  file?: File;
}

interface Repeated {
  line: number;
  no: string;
}

const CARD_FIELD = /^cards\[(\d+)\]/;

export function ImportDialog({ gameId, productId, close }: { gameId: string; productId?: string; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();
  const [wrong, setWrong] = useState<string | null>(null);
  const [repeated, setRepeated] = useState<Repeated[]>([]);

  async function run({ productId: product, csv, file }: Fields): Promise<void> {
    setWrong(null);
    setRepeated([]);
    const read = cardsOf(file ? await file.text() : (csv ?? ''));
    if ('wrongLine' in read) {
      refuse(t('cards.wrong', { line: read.wrongLine }));
    } else if (read.cards.length === 0) {
      refuse(t('cards.none'));
    } else {
      await send(product.trim(), read.cards);
    }
  }

  /** The dialog stays open, and says why. */
  function refuse(text: string): never {
    setWrong(text);
    throw new Shown();
  }

  async function send(product: string, cards: ReadCard[]): Promise<void> {
    let imported = 0;
    const known: Repeated[] = [];
    for (let from = 0; from < cards.length; from += IMPORT_MAX) {
      const some = cards.slice(from, from + IMPORT_MAX);
      try {
        const answer = await importCards(
          gameId,
          product,
          some.map(({ card }) => card),
        );
        imported += answer.imported;
        known.push(...answer.repeated.map(({ index, cardNo }) => ({ line: some[index]?.line ?? 0, no: cardNo })));
      } catch (error) {
        tell(error, some, imported);
      }
    }
    await queryClient.invalidateQueries({ queryKey: ['stock'] });
    void message.success(t('cards.imported', { count: imported }));
    if (known.length > 0) {
      setRepeated(known);
      throw new Shown();
    }
  }

  /** A fault of a card names its line in the file, not its place in the call. */
  function tell(error: unknown, some: ReadCard[], imported: number): never {
    const fault = toFault(error);
    const card = fault.fields.find(({ field }) => CARD_FIELD.test(field));
    const before = imported > 0 ? ` ${t('cards.partly', { count: imported })}` : '';
    if (card) {
      const place = Number(CARD_FIELD.exec(card.field)?.[1]);
      refuse(t('cards.badLine', { line: some[place]?.line ?? 0, fault: card.allowed }) + before);
    }
    setWrong(before.trim() || null);
    throw error;
  }

  return (
    <ActDialog<Fields>
      title={t('cards.import')}
      text={t('cards.importText')}
      asksReason={false}
      initial={{ productId }}
      isShown={(error) => error instanceof Shown}
      confirm={run}
      close={close}
    >
      {wrong && <Alert type="error" showIcon role="alert" className="fault" title={wrong} />}
      {repeated.length > 0 && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          className="fault"
          title={t('cards.repeated', { count: repeated.length })}
          description={
            <ul className="plain scrolled">
              {repeated.map(({ line, no }) => (
                <li key={line}>{t('cards.repeatedLine', { line, no })}</li>
              ))}
            </ul>
          }
        />
      )}
      <Form.Item
        name="productId"
        label={t('cards.product')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input autoComplete="off" maxLength={128} />
      </Form.Item>
      <Form.Item name="csv" label={t('cards.csv')} extra={t('cards.csvHint')}>
        <Input.TextArea spellCheck={false} autoComplete="off" rows={6} />
      </Form.Item>
      <FileField name="file" label={t('cards.file')} accept=".csv,.txt,text/*" />
    </ActDialog>
  );
}

/** Keeps a dialog open that says by itself what there is to say. */
class Shown extends Error {}
