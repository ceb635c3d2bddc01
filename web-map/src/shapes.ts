// SPDX-License-Identifier: Apache-2.0
// Columns of micro-degrees to GeoJSON, as map_shapes.py wrote them.
import type { Feature, FeatureCollection, Position } from "geojson";
import type { Columns } from "./payload";

const MICRO = 1e6;

export type Properties = Record<string, number | string>;
/** What a row shows; null leaves it out. */
export type Describe = (row: number) => Properties | null;

export function points(columns: Columns, name: string, describe: Describe): FeatureCollection {
  const x = columns.ints(`${name}.x`);
  const y = columns.ints(`${name}.y`);
  const features: Feature[] = [];
  for (let row = 0; row < x.length; row++) {
    const properties = describe(row);
    if (!properties) continue;
    const coordinates = at(x, y, row);
    features.push({ type: "Feature", id: row, properties, geometry: { type: "Point", coordinates } });
  }
  return { type: "FeatureCollection", features };
}

export function lines(columns: Columns, name: string, describe: Describe): FeatureCollection {
  const owner = columns.ints(`${name}.owner`);
  const rings = readRings(columns, name);
  const features: Feature[] = [];
  owner.forEach((row, part) => {
    const properties = describe(row);
    const coordinates = rings[part];
    if (!properties || !coordinates) return;
    features.push({
      type: "Feature",
      id: row,
      properties,
      geometry: { type: "LineString", coordinates },
    });
  });
  return { type: "FeatureCollection", features };
}

export function areas(columns: Columns, name: string, describe: Describe): FeatureCollection {
  const owner = columns.ints(`${name}.owner`);
  const nRings = columns.ints(`${name}.rings`);
  const rings = readRings(columns, name);
  const features: Feature[] = [];
  let first = 0;
  owner.forEach((row, part) => {
    const coordinates = rings.slice(first, first + (nRings[part] ?? 0));
    first += nRings[part] ?? 0;
    const properties = describe(row);
    if (!properties) return;
    features.push({ type: "Feature", id: row, properties, geometry: { type: "Polygon", coordinates } });
  });
  return { type: "FeatureCollection", features };
}

/** Rows that have at least one part. */
export function owners(columns: Columns, name: string): Set<number> {
  return new Set(columns.ints(`${name}.owner`));
}

function readRings(columns: Columns, name: string): Position[][] {
  const size = columns.ints(`${name}.size`);
  const x = columns.ints(`${name}.x`);
  const y = columns.ints(`${name}.y`);
  const rings: Position[][] = new Array<Position[]>(size.length);
  let point = 0;
  size.forEach((n, ring) => {
    const ends = point + n;
    const coordinates: Position[] = [];
    for (; point < ends; point++) coordinates.push(at(x, y, point));
    rings[ring] = coordinates;
  });
  return rings;
}

function at(x: Int32Array, y: Int32Array, row: number): Position {
  return [(x[row] ?? 0) / MICRO, (y[row] ?? 0) / MICRO];
}
