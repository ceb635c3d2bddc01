// SPDX-License-Identifier: Apache-2.0
// One place for colour. Damage runs light to dark as well as through hues that stay apart for
// colour-blind readers; unknown is hollow or hatched grey, never a pale "intact".

export const PAPER = "#f4f1eb";
export const WATER = "#b7d3e3";
export const WALL = "#8d8579";
export const INK = "#22313a";

/** By grade number: none or slight, moderate, severe, destroyed, unknown. */
export const GRADES = ["#5fa8d3", "#f2c230", "#e0701a", "#6d0f2e", "#8c8c8c"] as const;
export const GRADE_CODES = ["g0", "g1", "g2", "g3", "u"] as const;
export const UNKNOWN = 4;

/** By state number: unknown, open, restricted, closed. */
export const STREETS = ["#bdb5a7", "#4a5c66", "#d98200", "#c23b00"] as const;
export const STREET_CODES = ["unknown", "open", "restricted", "closed"] as const;

export const RUBBLE = "#80531f";
export const HAZARD = "#a32a00";
export const REACH = "#0b6fb8";
/** By band, the shortest limit darkest; the line tells them apart without colour, too. */
export const BANDS = ["#3f007d", "#6a51a3", "#8a84c0", "#a9a6d2", "#c6c7e3", "#dfdff0"] as const;
/** Few bands take shades far apart. */
export const bandShade = (band: number, n: number): number =>
  n > 1 ? Math.round((band * (BANDS.length - 1 - (n < 4 ? 1 : 0))) / (n - 1)) : 1;
export const BAND_DASHES = [[1], [5, 2], [2, 2], [1, 2], [6, 2, 1, 2], [1, 4]] as const;
export const BAND_LINE = "#3f007d";
/** Share of worlds in which a structure is within reach: at least so many per cent. */
export const CHANCES = [
  [95, "#08415c"],
  [50, "#1f8a8a"],
  [5, "#f2c230"],
  [0, "#ffffff"],
] as const;
export const UNSERVED = "#b3258e";
export const CANDIDATE = "#0b6fb8";
export const REFUSED = "#55504a";
export const CARE = "#1d6b45";
export const TIERS = { tsp: "#0a4f86", field_hospital: "#0d6b5f", referral: "#5a3a86" } as const;
