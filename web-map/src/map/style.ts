// SPDX-License-Identifier: Apache-2.0
// What is drawn over what, and how; no tiles: the town's own streets are the ground map.
import type {
  CircleLayerSpecification,
  ExpressionSpecification,
  LayerSpecification,
  LineLayerSpecification,
} from "maplibre-gl";
import { BOLD, REGULAR } from "../fonts";
import type { Language } from "../payload";
import * as colour from "./palette";

/** What a reader can switch, and the layers that belong to it. */
export const GROUPS = {
  sites: ["site-room"],
  visits: ["visits"],
  bands: ["bands", ...colour.BANDS.map((_, band) => `band-line-${band}`)],
  chance: ["chance"],
  nearest: ["nearest-room", "nearest-line"],
  reach: ["reach", "reach-line"],
  unserved: ["unserved-far", "unserved"],
  damage: ["outlines", "outlines-unknown", "outline-lines", "structures-far", "structures"],
  candidates: ["candidates"],
  refused: ["refused"],
  streets: ["street-0", "street-1", "street-2", "street-3", "street-marks", "street-names"],
  rubble: ["rubble"],
  hazards: ["hazards", "hazard-line-suspected", "hazard-line"],
  care: ["care"],
  places: ["place-lines", "places"],
  water: ["water", "water-line", "walls"],
} as const;

export type Group = keyof typeof GROUPS;
export const OFF_AT_FIRST: ReadonlySet<Group> = new Set<Group>(["candidates", "refused"]);
/** Off at first where the map is about what is within reach: they would hide it. */
export const OFF_ON_REACH: ReadonlySet<Group> = new Set<Group>(["unserved", "damage", "rubble"]);

/** Layers that open when tapped, the most telling first. */
export const PICKS: readonly string[] = [
  "visits",
  "care",
  "chance",
  "structures",
  "structures-far",
  "outlines",
  "outlines-unknown",
  "candidates",
  "refused",
  "hazards",
  "street-3",
  "street-2",
  "street-1",
  "street-0",
];

const DETAIL_ZOOM = 14.5;
/** By state: factor, and what is added far out so that a closed street is never lost. */
const WIDTHS: readonly [number, number][] = [
  [1, 0],
  [1.15, 0],
  [1.6, 0.4],
  [1.7, 0.6],
];

export function layers(): LayerSpecification[] {
  return [
    { id: "paper", type: "background", paint: { "background-color": colour.PAPER } },
    { id: "water", type: "fill", source: "barrier-areas", paint: { "fill-color": colour.WATER } },
    {
      id: "water-line",
      type: "line",
      source: "barrier-lines",
      filter: ["==", ["get", "water"], 1],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour.WATER, "line-width": byZoom([9, 2], [12, 5], [16, 18]) },
    },
    {
      id: "walls",
      type: "line",
      source: "barrier-lines",
      filter: ["==", ["get", "water"], 0],
      paint: { "line-color": colour.WALL, "line-width": 2, "line-dasharray": [4, 1] },
    },
    {
      id: "place-lines",
      type: "line",
      source: "place-areas",
      paint: { "line-color": colour.WALL, "line-width": 0.7, "line-dasharray": [3, 3] },
    },
    { id: "reach", type: "fill", source: "reach", paint: { "fill-color": colour.REACH, "fill-opacity": 0.13 } },
    {
      id: "bands",
      type: "fill",
      source: "bands",
      paint: { "fill-color": byBand(), "fill-opacity": 0.6, "fill-antialias": false },
    },
    ...structureAreas(),
    ...streets(),
    ...structurePoints(),
    {
      id: "reach-line",
      type: "line",
      source: "reach",
      paint: { "line-color": colour.REACH, "line-width": 1.4, "line-opacity": 0.8 },
    },
    ...bandLines(),
    unserved("unserved-far", { maxzoom: NEAR_ZOOM }),
    unserved("unserved", { minzoom: NEAR_ZOOM }),
    ...hazards(),
    ...selection(),
    ...labels(),
  ];
}

/** The shortest limit has the fullest line; between sites runs a white one with a dark core. */
function bandLines(): LayerSpecification[] {
  const lines = colour.BAND_DASHES.map((dashes, band): LayerSpecification => ({
    id: `band-line-${band}`,
    type: "line",
    source: "bands",
    filter: ["==", ["get", "band"], band],
    paint: {
      "line-color": colour.BAND_LINE,
      "line-width": byZoom([10, 0.6], [14, band === 0 ? 2 : 1.5]),
      "line-opacity": 0.85,
      ...(dashes.length > 1 ? { "line-dasharray": [...dashes] } : {}),
    },
  }));
  return [
    ...lines.reverse(), // where two meet the shorter limit is seen
    { id: "nearest-room", type: "line", source: "nearest", paint: { "line-color": "#fff", "line-width": 4 } },
    { id: "nearest-line", type: "line", source: "nearest", paint: { "line-color": "#111", "line-width": 1.6 } },
  ];
}

function structureAreas(): LayerSpecification[] {
  const known: ExpressionSpecification = ["!=", ["get", "grade"], colour.UNKNOWN];
  return [
    {
      id: "outlines",
      type: "fill",
      source: "outlines",
      minzoom: DETAIL_ZOOM - 1.5,
      filter: known,
      paint: { "fill-color": byGrade(), "fill-opacity": ["get", "sure"] },
    },
    {
      id: "outlines-unknown",
      type: "fill",
      source: "outlines",
      minzoom: DETAIL_ZOOM - 1.5,
      filter: ["!", known],
      paint: { "fill-pattern": "unknown-hatch" },
    },
    {
      id: "outline-lines",
      type: "line",
      source: "outlines",
      minzoom: DETAIL_ZOOM,
      paint: { "line-color": byGrade(), "line-width": 0.8 },
    },
  ];
}

function structurePoints(): LayerSpecification[] {
  const unknown: ExpressionSpecification = ["==", ["get", "grade"], colour.UNKNOWN];
  const paint: CircleLayerSpecification["paint"] = {
    "circle-color": ["case", unknown, colour.PAPER, byGrade()],
    "circle-opacity": ["case", unknown, 0.5, ["get", "sure"]],
    "circle-stroke-color": byGrade(),
    "circle-stroke-width": ["case", unknown, 0.9, 0],
    "circle-stroke-opacity": byZoom([10, 0.35], [14, 0.9]),
    "circle-radius": byZoom([10, 0.8], [12, 1.5], [14, 3], [17, 8]),
  };
  const ring = (id: string, filter: ExpressionSpecification, line: string): LayerSpecification => ({
    id,
    type: "circle",
    source: "structures",
    filter,
    layout: { visibility: "none" },
    paint: {
      "circle-color": line,
      "circle-opacity": 0,
      "circle-stroke-color": line,
      "circle-stroke-width": byZoom([11, 0.8], [15, 2]),
      "circle-radius": byZoom([10, 1.6], [12, 2.6], [14, 5], [17, 11]),
    },
  });
  return [
    {
      id: "structures-far",
      type: "circle",
      source: "structures",
      maxzoom: DETAIL_ZOOM - 1,
      filter: ["==", ["get", "outlined"], 1],
      paint,
    },
    {
      id: "structures",
      type: "circle",
      source: "structures",
      filter: ["==", ["get", "outlined"], 0],
      paint,
    },
    {
      id: "chance",
      type: "circle",
      source: "structures",
      paint: {
        "circle-color": byChance(),
        "circle-stroke-color": colour.CHANCES[0][1],
        "circle-stroke-width": byZoom([10, 0.2], [14, 0.7]),
        "circle-radius": byZoom([10, 0.9], [12, 1.7], [14, 3.2], [17, 8]),
      },
    },
    ring("candidates", ["==", ["get", "candidate"], 1], colour.CANDIDATE),
    ring("refused", ["==", ["get", "candidate"], 0], colour.REFUSED),
  ];
}

function streets(): LayerSpecification[] {
  const line = (state: number, dashes?: number[]): LineLayerSpecification => ({
    id: `street-${state}`,
    type: "line",
    source: "streets",
    filter: ["==", ["get", "state"], state],
    layout: { "line-cap": dashes ? "butt" : "round", "line-join": "round" },
    paint: {
      "line-color": colour.STREETS[state] ?? colour.INK,
      "line-width": streetWidth(...(WIDTHS[state] ?? [1, 0])),
      ...(dashes ? { "line-dasharray": dashes } : {}),
    },
  });
  return [
    line(0),
    line(1),
    {
      id: "rubble",
      type: "line",
      source: "streets",
      filter: [">", ["get", "rubble"], 0],
      minzoom: 12,
      layout: { "line-cap": "round" },
      paint: {
        "line-color": colour.RUBBLE,
        "line-width": byZoom([12, 1], [16, 4]),
        "line-dasharray": [0, 2.2],
        "line-opacity": ["interpolate", ["linear"], ["get", "rubble"], 0, 0.15, 60, 0.9],
      },
    },
    line(2, [3, 1.4]),
    line(3),
    {
      id: "street-marks",
      type: "symbol",
      source: "streets",
      filter: ["==", ["get", "state"], 3],
      minzoom: 12.5,
      layout: {
        "symbol-placement": "line-center",
        "text-field": "×",
        "text-font": [REGULAR],
        "text-size": byZoom([12, 13], [16, 22]),
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": "#fff", "text-halo-color": colour.STREETS[3], "text-halo-width": 2 },
    },
  ];
}

function hazards(): LayerSpecification[] {
  const suspected: ExpressionSpecification = ["==", ["get", "status"], "suspected"];
  return [
    { id: "hazards", type: "fill", source: "hazards", paint: { "fill-pattern": "hazard-hatch" } },
    {
      id: "hazard-line-suspected",
      type: "line",
      source: "hazards",
      filter: suspected,
      paint: { "line-color": colour.HAZARD, "line-width": 1.6, "line-dasharray": [4, 2] },
    },
    {
      id: "hazard-line",
      type: "line",
      source: "hazards",
      filter: ["!", suspected],
      paint: { "line-color": colour.HAZARD, "line-width": 2.4 },
    },
  ];
}

function selection(): LayerSpecification[] {
  return [
    {
      id: "selected-line",
      type: "line",
      source: "selected",
      filter: ["!=", ["geometry-type"], "Point"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": "#ffdd00", "line-width": 5, "line-opacity": 0.9 },
    },
    {
      id: "selected-point",
      type: "circle",
      source: "selected",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-opacity": 0,
        "circle-color": "#ffdd00",
        "circle-radius": 11,
        "circle-stroke-color": "#111",
        "circle-stroke-width": 2.5,
      },
    },
  ];
}

function labels(): LayerSpecification[] {
  const halo = { "text-halo-color": "rgba(255,255,255,0.92)", "text-halo-width": 1.6 };
  return [
    {
      id: "street-names",
      type: "symbol",
      source: "streets",
      minzoom: 14.5,
      filter: ["!=", ["get", "name_en"], ""],
      layout: {
        "symbol-placement": "line",
        "text-font": [REGULAR],
        "text-size": 11.5,
        "text-field": ["get", "name_en"],
      },
      paint: { "text-color": "#4a4a4a", ...halo },
    },
    {
      id: "places",
      type: "symbol",
      source: "places",
      filter: ["step", ["zoom"], ["==", ["get", "small"], 0], 13, true], // quarters only near
      layout: {
        "text-font": [BOLD],
        "text-size": byZoom([10, 10.5], [15, 14.5]),
        "text-field": placeName("en"),
        "text-max-width": 9,
        "text-line-height": 1.15,
        "text-variable-anchor-offset": [
          "center", [0, 0], "top", [0, 1.5], "bottom", [0, -1.5], "top", [0, 2.8], "bottom", [0, -3.4],
          "left", [1.8, 0], "right", [-1.8, 0], "top-left", [1, 1.6], "top-right", [-1, 1.6],
          "top", [0, 4.5], "bottom", [0, -5],
        ],
        "text-justify": "auto",
        "symbol-sort-key": ["get", "order"],
        "text-padding": 6,
      },
      paint: { "text-color": "#2f3b42", ...halo },
    },
    {
      // Nothing to see: keeps names away from the marks of sites, which are not MapLibre's.
      id: "site-room",
      type: "symbol",
      source: "sites",
      layout: { "icon-image": "room", "icon-allow-overlap": true },
    },
    {
      id: "care",
      type: "symbol",
      source: "care",
      layout: {
        "icon-image": ["concat", "care-", ["get", "functioning"]],
        "icon-allow-overlap": true,
        "icon-size": byZoom([10, 0.6], [14, 1]),
      },
    },
    {
      id: "visits",
      type: "symbol",
      source: "visits",
      layout: {
        "icon-image": "visit",
        "icon-anchor": "bottom-left",
        "icon-offset": [-3, 1],
        "icon-allow-overlap": ["step", ["zoom"], false, 13.5, true], // far out the first visits win
        "text-field": ["get", "number"],
        "text-font": [BOLD],
        "text-size": 12,
        "text-offset": [1.05, -1.6],
        "text-allow-overlap": ["step", ["zoom"], false, 13.5, true],
        "symbol-sort-key": ["get", "order"],
      },
      paint: { "text-color": colour.INK },
    },
  ];
}

/** The reader's language first, the other below where it differs. */
export function placeName(language: Language): ExpressionSpecification {
  const [first, second] = language === "ar" ? ["name_ar", "name_en"] : ["name_en", "name_ar"];
  return [
    "case",
    ["any", ["==", ["get", second], ""], ["==", ["get", second], ["get", first]]],
    ["get", first],
    ["==", ["get", first], ""],
    ["get", second],
    ["concat", ["get", first], "\n", ["get", second]],
  ];
}

function byChance(): ExpressionSpecification {
  const [sure, likely, unlikely, hardly] = colour.CHANCES;
  return ["step", ["get", "chance"], hardly[1], unlikely[0], unlikely[1], likely[0], likely[1], sure[0], sure[1]];
}

function byBand(): ExpressionSpecification {
  const [first, ...others] = colour.BANDS;
  return ["match", ["get", "shade"], 0, first, ...others.flatMap((shade, i) => [i + 1, shade]), first];
}

function byGrade(): ExpressionSpecification {
  const [g0, g1, g2, g3, unknown] = colour.GRADES;
  return ["match", ["get", "grade"], 0, g0, 1, g1, 2, g2, 3, g3, unknown];
}

function byZoom(...stops: [zoom: number, value: number][]): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.4], ["zoom"], ...stops.flat()] as ExpressionSpecification;
}

/** Wider for main streets, thinner far out. */
function streetWidth(factor: number, far = 0): ExpressionSpecification {
  const width = (least: number, step: number): ExpressionSpecification => [
    "*",
    factor,
    ["+", least, ["*", step, ["get", "rank"]]],
  ];
  return [
    "interpolate",
    ["exponential", 1.5],
    ["zoom"],
    10,
    width(0.25 + far, 0.17),
    13,
    width(0.5 + far, 0.42),
    16,
    width(1.6, 1.3),
    19,
    width(4, 4),
  ];
}

/** Circles whose area grows with people. */
function unserved(id: string, zooms: { minzoom?: number; maxzoom?: number }): LayerSpecification {
  const [from, to] = [8, 18];
  return {
    id,
    type: "circle",
    source: id,
    ...zooms,
    paint: {
      "circle-color": colour.UNSERVED,
      "circle-opacity": 0.24,
      "circle-stroke-color": colour.UNSERVED,
      "circle-stroke-opacity": 0.75,
      "circle-stroke-width": 0.8,
      "circle-radius": [
        "interpolate",
        ["exponential", GROWTH],
        ["zoom"],
        from,
        ["*", radiusPerRoot(from), ["sqrt", ["get", "people"]]],
        to,
        ["*", radiusPerRoot(to), ["sqrt", ["get", "people"]]],
      ],
    },
  };
}

const GROWTH = 1.6;
const NEAR_ZOOM = 13;

/** Pixels of radius for the square root of people, so that the key can draw the same circles. */
export function radiusPerRoot(zoom: number): number {
  return 0.19 * GROWTH ** (zoom - 11);
}
