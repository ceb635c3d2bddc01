// SPDX-License-Identifier: Apache-2.0
import "maplibre-gl/dist/maplibre-gl.css";
import "./page.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { loadFonts } from "./fonts";
import { unpack } from "./payload";
import { words } from "./words.svelte";

const target = document.getElementById("app");
const blob = document.getElementById("plan")?.textContent;
if (!target || !blob) throw new Error("the page is not whole");

try {
  const [payload] = await Promise.all([unpack(blob), loadFonts()]);
  words.start(payload.panel);
  mount(App, { target, props: { payload } });
} catch (error) {
  console.error(error);
  target.textContent =
    "This file cannot be shown: it is damaged, or the browser is too old. / لا يمكن عرض هذا الملف: إما أنه تالف أو أن المتصفح قديم جدًا.";
}
