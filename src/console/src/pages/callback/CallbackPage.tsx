import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { callbackRequestQuery } from '../../api/callbacks';
import type { CallbackRequest } from '../../api/types';
import { Waiting } from '../../app/Waiting';
import { CopyButton, CopyText } from '../../shared/CopyText';
import { Facts } from '../../shared/Facts';
import { FaultAlert } from '../../shared/FaultAlert';
import { PageHead } from '../../shared/PageHead';
import { CallbackTag } from '../../shared/StateTags';

/** What is sent to the game's server, to the byte, and the text that is signed. */
export default function CallbackPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { data: request, ...query } = useQuery(callbackRequestQuery(id));
  return (
    <>
      <PageHead title={t('callbackPage.title', { id })} beside={<CopyButton text={id} what={t('callbackPage.id')} />} />
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {request && (
        <div className="order">
          <Request request={request} />
          <Signatures request={request} />
        </div>
      )}
    </>
  );
}

function Request({ request }: { request: CallbackRequest }) {
  const { t } = useTranslation();
  const headers = Object.entries(request.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  return (
    <section className="panel" aria-label={t('callbackPage.request')}>
      <h2>{t('callbackPage.request')}</h2>
      <Facts
        items={[
          [
            t('orders.order'),
            <Link key="order" to={`/orders/${request.orderId}`}>
              {request.orderId}
            </Link>,
          ],
          [
            t('common.game'),
            <Link key="game" to={`/apps/${request.gameId}`}>
              {request.gameId}
            </Link>,
          ],
          [t('callbacks.event'), t(`events.${request.event as 'order.paid'}`, { defaultValue: request.event })],
          [t('common.state'), <CallbackTag key="state" status={request.status} />],
          [t('callbacks.attempts'), request.attempts],
          [t('callbacks.address'), <CopyText key="url" text={request.url} what={t('callbacks.address')} />],
        ]}
      />
      <p className="faint">{request.note}</p>
      {request.masked && <p className="faint">{t('callbackPage.masked')}</p>}
      <Text name={t('callbackPage.headers')} text={`${request.method} ${request.url}\n${headers}`} />
      <Text
        name={`${t('callbackPage.body')}${request.bodyEncoding === 'utf-8' ? '' : ` (${request.bodyEncoding})`}`}
        text={request.body}
      />
      {request.bodyText && <Text name={t('callbackPage.bodyText')} text={request.bodyText} />}
    </section>
  );
}

function Signatures({ request }: { request: CallbackRequest }) {
  const { t } = useTranslation();
  return (
    <section className="panel" aria-label={t('callbackPage.signed')}>
      <h2>{t('callbackPage.signed')}</h2>
      {request.signatures.map(({ name, rule, text }) => (
        <div key={name} className="entry-value">
          <p>
            <code>{name}</code>: {rule}
          </p>
          <Text name={t('callbackPage.text')} text={text} />
        </div>
      ))}
    </section>
  );
}

function Text({ name, text }: { name: string; text: string }) {
  return (
    <div className="entry-value">
      <span className="copy faint">
        {name} <CopyButton text={text} what={name} />
      </span>
      <pre>{text}</pre>
    </div>
  );
}
