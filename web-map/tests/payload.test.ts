// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeInts, unpack, Columns } from "../src/payload";

/** The packing of map_columns.py, written the slow way. */
function planes(values: number[]): Uint8Array {
  const zigzag = values.map((value, i) => {
    const step = (value - (values[i - 1] ?? 0)) | 0;
    return ((step << 1) ^ (step >> 31)) >>> 0;
  });
  return Uint8Array.from([0, 8, 16, 24].flatMap((shift) => zigzag.map((z) => (z >>> shift) & 255)));
}

describe("whole numbers", () => {
  it.each([[[]], [[0]], [[-1, 1, -1]], [[37_158_123, 37_158_001, -180_000_000, 180_000_000]]])(
    "come back as they were: %j",
    (values) => {
      expect(Array.from(decodeInts(planes(values)))).toEqual(values);
    },
  );
});

describe("the blob", () => {
  it("gives panel and columns back", async () => {
    const ids = new TextEncoder().encode("a\nحلب");
    const parts = [planes([5, 7]), Uint8Array.of(1, 255), ids];
    const columns = {
      x: ["ints", 2, parts[0]?.length],
      state: ["bytes", 2, 2],
      id: ["text", 2, ids.length],
    };
    const header = new TextEncoder().encode(JSON.stringify({ town: "حلب", columns }));
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, header.length, true);
    const raw = Buffer.concat([size, header, ...parts]);
    const { panel, columns: found } = await unpack(gzipSync(raw).toString("base64"));
    expect(panel.town).toBe("حلب");
    expect(Array.from(found.ints("x"))).toEqual([5, 7]);
    expect(Array.from(found.bytes("state"))).toEqual([1, 255]);
    expect(found.text("id")).toEqual(["a", "حلب"]);
  });

  it("refuses a missing column and left-over bytes", () => {
    const columns = new Columns({ x: ["bytes", 1, 1] }, Uint8Array.of(1), 0);
    expect(() => columns.bytes("y")).toThrow("y");
    expect(() => columns.ints("x")).toThrow("x");
    expect(() => new Columns({}, Uint8Array.of(1), 0)).toThrow("left over");
  });

  it("has no row in an empty text column, and one in a column of one empty word", () => {
    const raw = new Uint8Array();
    expect(new Columns({ a: ["text", 0, 0] }, raw, 0).text("a")).toEqual([]);
    expect(new Columns({ a: ["text", 1, 0] }, raw, 0).text("a")).toEqual([""]);
  });
});
