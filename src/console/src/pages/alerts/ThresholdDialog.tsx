import { Checkbox, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { saveThreshold } from '../../api/alerts';
import type { AlertCondition, AlertThreshold } from '../../api/alertTypes';
import { ActDialog } from '../../shared/ActDialog';
import { GameField } from '../../shared/GameFields';
import { useMessages } from '../../shared/messages';
import { conditionText, thresholdText } from './quantityText';
import { type ThresholdFields, thresholdOf } from './thresholdOf';

interface Props {
  condition: AlertCondition;
  /** What is set for all games. */
  stored: AlertThreshold | undefined;
  /** Whether whoever sets it is limited to games. */
  isLimited: boolean;
  close: () => void;
}

/** From which value on a condition holds, for all games or for one. */
export function ThresholdDialog({ condition, stored, isLimited, close }: Props) {
  const { t, i18n } = useTranslation();
  const message = useMessages();

  async function run(fields: ThresholdFields): Promise<void> {
    await saveThreshold(thresholdOf(condition, fields));
    void message.success(t('conditions.saved'));
  }

  return (
    <ActDialog<ThresholdFields>
      title={t('conditions.set', { what: conditionText(condition, i18n.language) })}
      text={t(condition.isOfGame ? 'conditions.setText' : 'conditions.setTextOfNone')}
      asksReason={false}
      initial={{ threshold: String(stored?.threshold ?? ''), disabled: stored?.disabled }}
      confirm={run}
      close={close}
    >
      {condition.isOfGame && <GameField isRequired={isLimited} />}
      <Form.Item
        name="threshold"
        label={t(`thresholds.${condition.unit}`)}
        extra={t('conditions.thresholdHint', { own: thresholdText(t, condition.threshold, condition) })}
      >
        <Input autoFocus inputMode="numeric" autoComplete="off" />
      </Form.Item>
      <Form.Item name="disabled" valuePropName="checked">
        <Checkbox>{t('conditions.off')}</Checkbox>
      </Form.Item>
    </ActDialog>
  );
}
