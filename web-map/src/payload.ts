// SPDX-License-Identifier: Apache-2.0
// Reads what src/goldenhour/publish/map_columns.py packs: gzip of a JSON header and columns.

export type Language = "en" | "ar";
export type Both = Record<Language, string>;
export type LonLat = [number, number];
export type Tier = "tsp" | "field_hospital" | "referral";

export interface Coverage {
  tier: Tier;
  clock_s: number;
  people: number;
  served: number;
  not_served: number;
  because: { why: Both; people: number }[];
}

export interface Site {
  label: string;
  tier: Tier;
  standing: "provisional" | "confirmed" | "existing";
  structure: number;
  id: string;
  name: Both;
  at: LonLat;
  served: number;
  lost: number;
  reasons: Both[];
  unknowns: Both[];
}

export interface Visit {
  structure: number;
  id: string;
  tier: Tier;
  at: LonLat;
  settles: Both[];
}

export interface Panel {
  version: number;
  words: Record<Language, Record<string, string>>;
  town: string;
  exercise: Both | null;
  as_of: string;
  plan: Plan | null;
  reach: Reach | null;
  known: { structures: number[]; streets_km: number[]; visited: number; reports: number };
  people: { low: number | null; best: number; high: number | null; assumed: boolean; rule: Both };
  rules: Partial<Record<Tier, { fit: Both; unfit: Both; unknown: Both }[]>>;
  hazards: { kind: Both; status: string; level: number; report: number }[];
  care: { name: string; tier: Tier | null; functioning: number; at: LonLat; report: number }[];
  focus: [number, number, number, number];
  layers: { file: string; date: string; credit: string }[];
  credits: string[];
  speakers: { name: string; reports: number }[];
  contradictions: { subject: string; what: Both }[];
  n_stale: number;
  findings: string[];
}

/** What is within reach of named places. */
export interface Reach {
  id: string;
  outward: boolean;
  headline: Record<Language, string[]>;
  notes: Record<Language, string[]>;
  bands: { time: Both; people: number; structures: number; area_km2: number; people_on_known: number }[];
  sites: { label: string; name: string; at: LonLat; people: number[]; nearest: number[] }[];
  worlds: number;
}

export interface Alternative {
  said: Both;
  sites: { tier: Tier; structure: number; id: string; at: LonLat }[];
}

export interface Plan {
  id: string;
  provisional: boolean;
  headline: Record<Language, string[]>;
  coverage: Coverage[];
  proof: {
    status: "optimal" | "gap";
    objective: number;
    bound: number;
    gap_share: number;
    n_structures: number;
    n_candidates: number;
    n_considered: number;
    greedy: number;
  };
  sites: Site[];
  visits: Visit[];
  unknowns: Both[];
  notes: Both[];
  changes: Both[];
  changes_how: Both;
  alternatives: Alternative[];
  reach: { site: number; clock_s: number }[];
}

type Coding = "bytes" | "ints" | "text";
type About = Record<string, [coding: Coding, n: number, bytes: number]>;

const HEADER_BYTES = 4;

/** Columns by name; a missing one is an error, never an empty column. */
export class Columns {
  readonly #about: About;
  readonly #from = new Map<string, number>();
  readonly #raw: Uint8Array;
  readonly #kept = new Map<string, Int32Array | string[]>();

  constructor(about: About, raw: Uint8Array, first: number) {
    this.#about = about;
    this.#raw = raw;
    let from = first;
    for (const [name, [, , bytes]] of Object.entries(about)) {
      this.#from.set(name, from);
      from += bytes;
    }
    if (from !== raw.length) throw new Error(`${raw.length - from} bytes are left over`);
  }

  bytes(name: string): Uint8Array {
    return this.#part(name, "bytes");
  }

  ints(name: string): Int32Array {
    const kept = this.#kept.get(name);
    if (kept instanceof Int32Array) return kept;
    const values = decodeInts(this.#part(name, "ints"));
    this.#kept.set(name, values);
    return values;
  }

  text(name: string): string[] {
    const kept = this.#kept.get(name);
    if (Array.isArray(kept)) return kept;
    const part = this.#part(name, "text");
    const rows = this.#about[name]?.[1] === 0 ? [] : new TextDecoder().decode(part).split("\n");
    this.#kept.set(name, rows);
    return rows;
  }

  /** One value of a column of repeating words. */
  word(name: string, row: number): string {
    return this.text(`${name}.words`)[this.ints(name)[row] ?? -1] ?? "";
  }

  has(name: string): boolean {
    return name in this.#about;
  }

  #part(name: string, coding: Coding): Uint8Array {
    const about = this.#about[name];
    const from = this.#from.get(name);
    if (about?.[0] !== coding || from === undefined) throw new Error(`no ${coding} '${name}'`);
    return this.#raw.subarray(from, from + about[2]);
  }
}

/** Put byte planes together, undo the zigzag, add the differences up. */
export function decodeInts(planes: Uint8Array): Int32Array {
  const n = planes.length / 4;
  const values = new Int32Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const zigzag =
      (planes[i] ?? 0) |
      ((planes[n + i] ?? 0) << 8) |
      ((planes[2 * n + i] ?? 0) << 16) |
      ((planes[3 * n + i] ?? 0) << 24);
    sum = (sum + ((zigzag >>> 1) ^ -(zigzag & 1))) | 0;
    values[i] = sum;
  }
  return values;
}

export interface Payload {
  panel: Panel;
  columns: Columns;
}

/** Unpack the blob that the program put into the page. */
export async function unpack(blob: string): Promise<Payload> {
  const packed = Uint8Array.from(atob(blob.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const raw = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = new DataView(raw.buffer).getUint32(0, true);
  const text = new TextDecoder().decode(raw.subarray(HEADER_BYTES, HEADER_BYTES + length));
  const { columns, ...panel } = JSON.parse(text) as Panel & { columns: About };
  return { panel, columns: new Columns(columns, raw, HEADER_BYTES + length) };
}
