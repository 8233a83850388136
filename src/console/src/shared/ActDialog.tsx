import { Form, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FaultAlert } from './FaultAlert';
import { showFieldFaults } from './formFaults';

const REASON_MAX = 512;

interface Props<T> {
  title: string;
  /** What confirming will do. */
  text: string;
  isDangerous?: boolean;
  /** Whether the act is kept with a reason. */
  asksReason?: boolean;
  initial?: Partial<T>;
  /** Whether a fault is told by what is in the dialog. */
  isShown?: (error: unknown) => boolean;
  confirm: (values: T) => Promise<unknown>;
  close: () => void;
  children?: ReactNode;
}

/** Asks before an act: says what will happen, takes the reason and what else the act needs, and shows why it was refused. */
export function ActDialog<T extends object>(props: Props<T>) {
  const { t } = useTranslation();
  const [form] = Form.useForm<T>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  async function run(values: T): Promise<void> {
    setBusy(true);
    setFault(null);
    try {
      await props.confirm(values);
      props.close();
    } catch (error) {
      setFault(props.isShown?.(error) ? null : showFieldFaults(t, form, error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal
      open
      title={props.title}
      okText={t('common.confirm')}
      cancelText={t('common.cancel')}
      okButtonProps={{ danger: props.isDangerous, loading: isBusy }}
      cancelButtonProps={{ disabled: isBusy }}
      closable={false}
      mask={{ closable: false }}
      onOk={() => form.submit()}
      onCancel={props.close}
    >
      {props.text && <p>{props.text}</p>}
      <FaultAlert fault={fault} />
      <Form<T>
        // The fields of a page behind the dialog may have the same names.
        name="act"
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={props.initial}
        onFinish={(values) => void run(values)}
      >
        {props.children}
        {props.asksReason !== false && (
          <Form.Item
            name="reason"
            label={t('common.reason')}
            extra={t('common.reasonHint')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input.TextArea autoFocus rows={2} maxLength={REASON_MAX} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
