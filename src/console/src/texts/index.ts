import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Texts } from './en';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The texts that every page needs, and those of pages that few people open. */
const PARTS = ['core', 'alerts', 'apps', 'ledger'] as const;
export type Part = (typeof PARTS)[number];

const STORED = 'ordercenter.language';
const NAMESPACE = 'translation';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Texts };
  }
}

/** Only what is shown is loaded, in the language that is shown. */
const files: Record<Language, Record<Part, () => Promise<object>>> = {
  en: {
    core: async () => (await import('./en')).en,
    alerts: async () => (await import('./en/alerts')).alerts,
    apps: async () => (await import('./en/apps')).apps,
    ledger: async () => (await import('./en/ledger')).ledger,
  },
  zh: {
    core: async () => (await import('./zh')).zh,
    alerts: async () => (await import('./zh/alerts')).alerts,
    apps: async () => (await import('./zh/apps')).apps,
    ledger: async () => (await import('./zh/ledger')).ledger,
  },
};

const wanted = new Set<Part>(['core']);
const loaded = new Set<string>();

let begin = () => {};
/** The router asks for the first page's texts before the language is known. */
const begun = new Promise<void>((resolve) => {
  begin = resolve;
});

export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  });
  await setLanguage(preferredLanguage());
  begin();
}

export async function setLanguage(language: Language): Promise<void> {
  await Promise.all([...wanted].map((part) => load(language, part)));
  await i18next.changeLanguage(language);
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

/** Loads the texts of a page before the page shows. */
export async function loadTexts(part: Part): Promise<void> {
  wanted.add(part);
  await begun;
  await load(languageOf(i18next.language), part);
}

async function load(language: Language, part: Part): Promise<void> {
  const name = `${language} ${part}`;
  if (!loaded.has(name)) {
    i18next.addResourceBundle(language, NAMESPACE, await files[language][part](), true, true);
    loaded.add(name);
  }
}

export function languageOf(tag: string): Language {
  return tag.startsWith('zh') ? 'zh' : 'en';
}

function preferredLanguage(): Language {
  return languageOf(localStorage.getItem(STORED) ?? navigator.language);
}
