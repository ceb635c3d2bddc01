// SPDX-License-Identifier: Apache-2.0
// Latin and Arabic faces under one family name, from data inside this file.
import arabic from "@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff2?url";
import arabicBold from "@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-600-normal.woff2?url";
import latin from "@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff2?url";
import latinBold from "@fontsource/noto-sans/files/noto-sans-latin-600-normal.woff2?url";
import latinExt from "@fontsource/noto-sans/files/noto-sans-latin-ext-400-normal.woff2?url";

export const REGULAR = "Goldenhour";
/** MapLibre reads the weight from the name, so the bold face needs a name of its own. */
export const BOLD = "Goldenhour SemiBold";

const LATIN = "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212";
const LATIN_EXT = "U+0100-0130,U+0132-0151,U+0154-02BA,U+02BD-02C5,U+02C7-02CC,U+1E00-1E9F,U+1EF2-1EFF";
const ARABIC = "U+0600-06FF,U+0750-077F,U+0870-08E1,U+200C-200E,U+FB50-FDFF,U+FE70-FEFC";

const FACES: readonly (readonly [string, string, string, string])[] = [
  [REGULAR, latin, "400", LATIN],
  [REGULAR, latinExt, "400", LATIN_EXT],
  [REGULAR, arabic, "400", ARABIC],
  [REGULAR, latinBold, "600", LATIN],
  [REGULAR, arabicBold, "600", ARABIC],
  [BOLD, latinBold, "600", LATIN],
  [BOLD, arabicBold, "600", ARABIC],
];

/** Load every face before the first label is drawn. */
export async function loadFonts(): Promise<void> {
  const faces = FACES.map(
    ([family, url, weight, unicodeRange]) =>
      new FontFace(family, `url(${url})`, { weight, unicodeRange }),
  );
  for (const face of faces) document.fonts.add(face);
  await Promise.allSettled(faces.map((face) => face.load()));
}
