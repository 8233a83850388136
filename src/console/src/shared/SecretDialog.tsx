import { Alert, Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { CopyText } from './CopyText';

/** A password or a token that the server tells once. */
export function SecretDialog({
  title,
  name,
  secret,
  close,
}: {
  title: string;
  name: string;
  secret: string;
  close: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={title}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={close}>
          {t('common.done')}
        </Button>
      }
    >
      <Alert type="warning" showIcon className="fault" title={t('common.secretOnce')} />
      <p>{name}</p>
      <p>
        <CopyText text={secret} what={name}>
          <code>{secret}</code>
        </CopyText>
      </p>
    </Modal>
  );
}
