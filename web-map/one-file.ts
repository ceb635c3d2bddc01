// SPDX-License-Identifier: Apache-2.0
// Puts the built code and styles into the page itself, with a policy that lets nothing else in.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const LICENCES: readonly (readonly [string, string])[] = [
  ["MapLibre GL JS", "maplibre-gl/LICENSE.txt"],
  ["mapbox-gl-rtl-text", "@mapbox/mapbox-gl-rtl-text/LICENSE.md"],
  ["Svelte", "svelte/LICENSE.md"],
  ["Noto Sans", "@fontsource/noto-sans/LICENSE"],
  ["Noto Sans Arabic", "@fontsource/noto-sans-arabic/LICENSE"],
];

/** Inline everything; the policy names the one script by its hash, so no other can ever run. */
export function oneFile(): Plugin {
  return {
    name: "goldenhour-one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("no index.html was built");
      let script = "";
      let style = "";
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) continue;
        if (part.type === "chunk") script += part.code;
        else if (name.endsWith(".css")) style += String(part.source);
        else throw new Error(`${name} would stay outside the one file`);
        delete bundle[name];
      }
      const code = `\n${script.replaceAll(/<(?=\/script|!--)/gi, "\\x3C")}\n`;
      page.source = String(page.source)
        .replaceAll(/\s*<(script|link)[^>]*(src|href)="\.?\/assets\/[^>]*>(<\/script>)?/g, "")
        .replace("<head>", () => `<head>\n${notices()}\n    ${policy(code)}`)
        .replace("</head>", () => `  <style>${style}</style>\n  </head>`)
        .replace("</body>", () => `  <script type="module">${code}</script>\n  </body>`);
    },
  };
}

function policy(code: string): string {
  const hash = createHash("sha256").update(code, "utf8").digest("base64");
  const rules = [
    "default-src 'none'",
    `script-src 'sha256-${hash}' 'wasm-unsafe-eval' blob: data:`,
    "worker-src blob:",
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    "connect-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join("; ")}" />`;
}

function notices(): string {
  const texts = LICENCES.map(([name, path]) => {
    const text = readFileSync(new URL(`node_modules/${path}`, import.meta.url), "utf8");
    return `== ${name} ==\n${text.trim()}`;
  });
  return `<!--\nParts by others in this file, and their licences:\n\n${texts.join("\n\n").replaceAll("--", "- -")}\n-->`;
}
