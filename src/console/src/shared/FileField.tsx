import { Form } from 'antd';
import { useTranslation } from 'react-i18next';

interface Props {
  name: string;
  label: string;
  accept: string;
  /** What is said where no file was chosen; left out: none need be. */
  missing?: string;
}

/** One file of this machine; the browser's own field, which works with every keyboard and screen reader. */
export function FileField({ name, label, accept, missing }: Props) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={name}
      label={label}
      valuePropName="file"
      getValueFromEvent={(event: { target: HTMLInputElement }) => event.target.files?.[0]}
      rules={missing ? [{ required: true, message: missing ?? t('common.required') }] : []}
    >
      <FileInput accept={accept} />
    </Form.Item>
  );
}

/** The browser keeps which file it is: it cannot be set from here. */
function FileInput({ file: _, ...given }: { file?: File; accept: string }) {
  return <input type="file" {...given} />;
}
