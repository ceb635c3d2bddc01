// SPDX-License-Identifier: Apache-2.0
// The payload as map sources. Properties stay few: details are read from the columns on a tap.
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { SourceSpecification } from "maplibre-gl";
import { bandShade } from "./palette";
import type { Payload } from "../payload";
import { areas, lines, owners, points, type Properties } from "../shapes";

const NOT_KNOWN = 255;
const UNFIT = 2;
const TENTHS = 10;
const WATER = new Set(["river", "canal", "water", "stream", "lake", "drain", "reservoir", "wadi"]);
const BIG_PLACES = ["city", "town", "border_crossing", "village", "camp", "junction"];

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

export type Sources = Record<string, FeatureCollection>;

export function build({ panel, columns }: Payload): Sources {
  const outlined = owners(columns, "outline");
  const grade = columns.bytes("structure.dominant");
  const shares = columns.bytes("structure.grade");
  const chance = columns.has("structure.chance") ? columns.bytes("structure.chance") : null;
  const structure = (row: number): Properties => {
    const worst = grade[row] ?? 4;
    return {
      grade: worst,
      sure: 0.5 + 0.45 * ((shares[row * 5 + worst] ?? 0) / 100),
      chance: chance?.[row] ?? 0,
      outlined: outlined.has(row) ? 1 : 0,
      candidate: isCandidate(columns, panel.rules.tsp?.length ?? 0, row) ? 1 : 0,
    };
  };
  const people = (name: string) => {
    const tenths = columns.ints(`${name}.people`);
    return (row: number): Properties => ({ people: (tenths[row] ?? 0) / TENTHS });
  };
  const shownPlaces = new Set<string>();
  const order = (row: number): number => {
    const big = BIG_PLACES.indexOf(columns.word("place.kind", row));
    return big < 0 ? BIG_PLACES.length : big;
  };
  const anyBig = columns.ints("place.x").some((_, row) => order(row) < BIG_PLACES.length);
  const nBands = panel.reach?.bands.length ?? 0;
  return {
    streets: lines(columns, "street", street(columns)),
    outlines: areas(columns, "outline", structure),
    structures: points(columns, "structure", structure),
    unserved: points(columns, "unserved", people("unserved")),
    "unserved-far": points(columns, "unserved_far", people("unserved_far")),
    reach: areas(columns, "reach", (row) => ({ clock_s: panel.plan?.reach[row]?.clock_s ?? 0 })),
    bands: panel.reach ? areas(columns, "band", (row) => ({ band: row, shade: bandShade(row, nBands) })) : NOTHING,
    nearest: panel.reach ? lines(columns, "nearest", () => ({})) : NOTHING,
    hazards: areas(columns, "hazard", (row) => ({ status: panel.hazards[row]?.status ?? "" })),
    "barrier-areas": areas(columns, "barrier_area", barrier(columns)),
    "barrier-lines": lines(columns, "barrier_line", barrier(columns)),
    "place-areas": areas(columns, "place_area", () => ({})),
    places: points(columns, "place", (row) => {
      const en = columns.text("place.name")[row] ?? "";
      const ar = columns.text("place.name_ar")[row] ?? "";
      const key = `${en}|${ar}`;
      if (key === "|" || shownPlaces.has(key)) return null;
      shownPlaces.add(key);
      const small = anyBig && order(row) === BIG_PLACES.length;
      return { name_en: en, name_ar: ar, order: order(row), small: small ? 1 : 0 };
    }),
    care: list(panel.care, (point) => point.at, (point) => ({ functioning: point.functioning })),
    sites: list(panel.plan?.sites ?? [], (site) => site.at, () => ({})),
    visits: list(panel.plan?.visits ?? [], (visit) => visit.at, (_, i) => ({ number: String(i + 1), order: i })),
    selected: { type: "FeatureCollection", features: [] },
  };
}

export function specification(sources: Sources): Record<string, SourceSpecification> {
  return Object.fromEntries(
    Object.entries(sources).map(([name, data]) => [
      name,
      { type: "geojson", data, maxzoom: 16, tolerance: 0.3, buffer: 64 },
    ]),
  );
}

/** No rule of the tier refuses it. */
export function isCandidate(columns: Payload["columns"], nRules: number, row: number): boolean {
  if (!columns.has("screening.tsp")) return false;
  const verdicts = columns.bytes("screening.tsp");
  for (let rule = 0; rule < nRules; rule++) {
    if (verdicts[row * nRules + rule] === UNFIT) return false;
  }
  return true;
}

function street(columns: Payload["columns"]): (row: number) => Properties {
  const state = columns.bytes("street.vehicle");
  const rank = columns.bytes("street.rank");
  const rubble = columns.bytes("street.rubble");
  return (row) => ({
    state: state[row] ?? 0,
    rank: rank[row] ?? 2,
    rubble: rubble[row] === NOT_KNOWN ? 0 : (rubble[row] ?? 0),
    name_en: columns.word("street.name", row),
    name_ar: columns.word("street.name_ar", row),
  });
}

function barrier(columns: Payload["columns"]): (row: number) => Properties {
  return (row) => ({ water: WATER.has(columns.word("barrier.kind", row)) ? 1 : 0 });
}

function list<T>(
  rows: readonly T[],
  at: (row: T) => [number, number],
  describe: (row: T, i: number) => Properties,
): FeatureCollection {
  const features = rows.map(
    (row, id): Feature<Geometry> => ({
      type: "Feature",
      id,
      properties: describe(row, id),
      geometry: { type: "Point", coordinates: at(row) },
    }),
  );
  return { type: "FeatureCollection", features };
}
