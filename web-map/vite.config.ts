// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { oneFile } from "./one-file.ts";

// The plugin's package names no entry for the ready-made file that MapLibre's worker loads.
const rtl = new URL("node_modules/@mapbox/mapbox-gl-rtl-text/dist/mapbox-gl-rtl-text.js", import.meta.url);

export default defineConfig({
  resolve: { alias: [{ find: /^rtl-text-code(?=\?raw$)/, replacement: fileURLToPath(rtl) }] },
  plugins: [svelte(), oneFile()],
  build: {
    target: "es2022",
    assetsInlineLimit: Number.MAX_SAFE_INTEGER, // fonts become data addresses
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4000,
  },
});
