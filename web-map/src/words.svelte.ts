// SPDX-License-Identifier: Apache-2.0
// The language of the page, and how it writes words, numbers and moments.
import type { Both, Language, Panel } from "./payload";

// First-strong isolate and its end: a value keeps its own direction inside a sentence.
const [ISOLATE, END] = [String.fromCharCode(0x2068), String.fromCharCode(0x2069)];
const LOCALES: Record<Language, string> = { en: "en-GB", ar: "ar-IQ-u-nu-latn" };

class Words {
  language = $state<Language>("en");
  #panel: Panel | null = null;

  start(panel: Panel): void {
    this.#panel = panel;
    const wanted = /\b(ar|en)\b/.exec(location.hash)?.[1] ?? navigator.language.slice(0, 2);
    this.use(wanted === "ar" ? "ar" : "en");
  }

  use(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
    document.documentElement.dir = this.direction;
  }

  get direction(): "ltr" | "rtl" {
    return this.language === "ar" ? "rtl" : "ltr";
  }

  /** A word of the page, with its placeholders filled. */
  say = (code: string, values: Record<string, string | number> = {}): string => {
    const sentence = this.#panel?.words[this.language][code] ?? code;
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? this.number(value) : ISOLATE + value + END;
    });
  };

  of = (both: Both): string => both[this.language];

  number = (value: number, digits = 0): string =>
    new Intl.NumberFormat(LOCALES[this.language], { maximumFractionDigits: digits }).format(value);

  moment = (when: Date): string =>
    `${new Intl.DateTimeFormat(LOCALES[this.language], {
      day: "numeric",
      month: "long",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hour12: false,
      timeZone: "UTC",
    }).format(when)} UTC`;

  day = (when: Date): string =>
    new Intl.DateTimeFormat(LOCALES[this.language], {
      day: "numeric",
      month: "short",
      year: "numeric",
      timeZone: "UTC",
    }).format(when);
}

export const words = new Words();
