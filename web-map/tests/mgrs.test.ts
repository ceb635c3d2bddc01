// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { mgrs, toUtm, zoneOf } from "../src/mgrs";

describe("grid references", () => {
  it.each([
    [41.0786, 34.4683, "37S FU 90909 16042"], // Al Qaim
    [42.0001, 34.3, "38S KC 23897 99495"], // a few metres east of the zone line
    [41.9999, 34.3, "37S GT 76102 99495"], // and west of it
  ])("%f, %f is %s", (lon, lat, reference) => {
    expect(mgrs(lon, lat)).toBe(reference);
  });

  it("knows the odd zones of the north, and leaves the poles out", () => {
    expect(zoneOf(5, 60)).toBe(32);
    expect(zoneOf(2.9, 60)).toBe(31);
    expect(zoneOf(10, 75)).toBe(33);
    expect(zoneOf(180, 10)).toBe(60);
    expect(mgrs(0, 85)).toBe("");
  });

  it("puts the central meridian at 500 km", () => {
    const [x, y] = toUtm(39, 0, 37);
    expect(x).toBeCloseTo(500_000, 6);
    expect(y).toBeCloseTo(0, 6);
  });
});
