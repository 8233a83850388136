import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { gamesQuery } from '../api/administration';
import { useClear } from './useClear';

/** The games that may be chosen, as options of a field. */
function useGameOptions() {
  const games = useQuery(gamesQuery).data ?? [];
  return games.map(({ gameId, name }) => ({
    value: String(gameId),
    label: name ? `${gameId} · ${name}` : String(gameId),
  }));
}

/** One game: chosen, or written by its number or its alias. */
export function GameField({ isRequired = false }: { isRequired?: boolean }) {
  const { t } = useTranslation();
  const options = useGameOptions();
  const clear = useClear();
  return (
    <Form.Item
      name="gameId"
      label={t('common.game')}
      rules={isRequired ? [{ required: true, whitespace: true, message: t('common.required') }] : []}
    >
      <AutoComplete
        allowClear={clear}
        options={options}
        placeholder={isRequired ? undefined : t('common.all')}
        showSearch={{
          filterOption: (typed, option) => (option?.label ?? '').toLowerCase().includes(typed.toLowerCase()),
        }}
      />
    </Form.Item>
  );
}

/** The games that an operator or a token reaches; none: all. */
export function GamesField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="games" label={t('operators.games')} extra={t('operators.gamesHint')}>
      <Select mode="tags" tokenSeparators={[',', ' ']} placeholder={t('common.allGames')} options={useGameOptions()} />
    </Form.Item>
  );
}

export function GamesText({ games }: { games: readonly number[] | null | undefined }) {
  const { t } = useTranslation();
  return <span className="break">{games ? games.join(', ') : t('common.allGames')}</span>;
}
