import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMessages } from './messages';

const SHOWN_MS = 1500;

interface Props {
  text: string;
  /** What is copied, for the name of the button. */
  what: string;
}

export function CopyButton({ text, what }: Props) {
  const { t } = useTranslation();
  const message = useMessages();
  const [isCopied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), SHOWN_MS);
    } catch {
      // Browsers have a clipboard under https and on this machine only.
      void message.warning(t('common.cannotCopy'));
    }
  }
  const name = isCopied ? t('common.copied') : t('common.copy', { what });
  return (
    <Button
      type="text"
      size="small"
      aria-label={name}
      title={name}
      icon={isCopied ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
      onClick={() => void copy()}
    />
  );
}

/** A text that people carry elsewhere, with a button that copies it. */
export function CopyText({
  text,
  what,
  children,
}: {
  text: string | null | undefined;
  what: string;
  children?: ReactNode;
}) {
  if (!text) {
    return null;
  }
  return (
    <span className="copy">
      <span className="break">{children ?? text}</span>
      <CopyButton text={text} what={what} />
    </span>
  );
}
