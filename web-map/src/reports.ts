// SPDX-License-Identifier: Apache-2.0
// Which reports stand behind a row: counts and positions, as map_data.py wrote them.
import type { Columns } from "./payload";

const starts = new WeakMap<Int32Array, Int32Array>();

export function evidence(columns: Columns, name: "structure" | "street", row: number): number[] {
  const counts = columns.ints(`${name}.n_reports`);
  let start = starts.get(counts);
  if (!start) {
    start = new Int32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) start[i + 1] = (start[i] ?? 0) + (counts[i] ?? 0);
    starts.set(counts, start);
  }
  return Array.from(columns.ints(`${name}.report`).subarray(start[row], start[row + 1]));
}
