// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Columns } from "../src/payload";
import { areas, lines, points } from "../src/shapes";

function columns(values: Record<string, number[]>): Columns {
  return { ints: (name: string) => Int32Array.from(values[name] ?? []) } as unknown as Columns;
}

describe("shapes", () => {
  it("reads lines in parts", () => {
    const found = lines(
      columns({
        "s.owner": [0, 0, 2],
        "s.size": [2, 2, 3],
        "s.x": [1, 2, 3, 4, 5, 6, 7].map((x) => x * 1e6),
        "s.y": [0, 0, 0, 0, 0, 0, 0],
      }),
      "s",
      (row) => ({ row }),
    );
    expect(found.features.map((feature) => feature.id)).toEqual([0, 0, 2]);
    expect(found.features[2]?.geometry).toEqual({
      type: "LineString",
      coordinates: [[5, 0], [6, 0], [7, 0]],
    });
  });

  it("gives each area its own rings, courtyards too, even after one that is left out", () => {
    const ring = [0, 1, 1, 0].map((x) => x * 1e6);
    const found = areas(
      columns({
        "a.owner": [4, 5],
        "a.rings": [2, 1],
        "a.size": [4, 4, 4],
        "a.x": [...ring, ...ring, ...ring.map((x) => x + 9e6)],
        "a.y": new Array<number>(12).fill(0),
      }),
      "a",
      (row) => (row === 4 ? null : {}),
    );
    expect(found.features).toHaveLength(1);
    expect(found.features[0]?.geometry).toMatchObject({ coordinates: [[[9, 0], [10, 0], [10, 0], [9, 0]]] });
  });

  it("reads points", () => {
    const found = points(columns({ "p.x": [41_000_001], "p.y": [34_500_000] }), "p", () => ({}));
    expect(found.features[0]?.geometry).toEqual({ type: "Point", coordinates: [41.000001, 34.5] });
  });
});
