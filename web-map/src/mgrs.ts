// SPDX-License-Identifier: Apache-2.0
// Longitude and latitude to a military grid reference, WGS 84, one metre.
// Transverse Mercator by Krüger's series to n^4 (Karney 2011): errors far below a millimetre here.

const A = 6378137;
const F = 1 / 298.257223563;
const K0 = 0.9996;
const N = F / (2 - F);
const E = Math.sqrt(F * (2 - F));
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
  (49561 / 161280) * N ** 4,
];
const FALSE_EASTING_M = 500_000;
const FALSE_NORTHING_M = 10_000_000;
const SQUARE_M = 100_000;

const BANDS = "CDEFGHJKLMNPQRSTUVWXX";
const COLUMNS = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"];
const ROWS = "ABCDEFGHJKLMNPQRSTUV";

/** The grid zone of a place, with the exceptions for south-west Norway and Svalbard. */
export function zoneOf(lon: number, lat: number): number {
  const zone = Math.min(Math.floor((lon + 180) / 6), 59) + 1;
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
  if (lat >= 72 && lon >= 0 && lon < 42) {
    if (lon < 9) return 31;
    if (lon < 21) return 33;
    if (lon < 33) return 35;
    return 37;
  }
  return zone;
}

/** Easting and northing within a zone, in metres. */
export function toUtm(lon: number, lat: number, zone: number): [number, number] {
  const phi = (lat * Math.PI) / 180;
  const lambda = ((lon - (zone * 6 - 183)) * Math.PI) / 180;
  const sin = Math.sin(phi);
  const t = Math.sinh(Math.atanh(sin) - E * Math.atanh(E * sin));
  const xi = Math.atan2(t, Math.cos(lambda));
  const eta = Math.atanh(Math.sin(lambda) / Math.hypot(1, t));
  let x = eta;
  let y = xi;
  ALPHA.forEach((alpha, i) => {
    const k = 2 * (i + 1);
    x += alpha * Math.cos(k * xi) * Math.sinh(k * eta);
    y += alpha * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  return [
    FALSE_EASTING_M + K0 * RADIUS * x,
    K0 * RADIUS * y + (lat < 0 ? FALSE_NORTHING_M : 0),
  ];
}

/** Such as "38S KC 12345 67890"; empty near the poles, which this grid leaves out. */
export function mgrs(lon: number, lat: number): string {
  const east = ((((lon + 180) % 360) + 360) % 360) - 180;
  if (!(lat >= -80 && lat <= 84)) return "";
  const zone = zoneOf(east, lat);
  const [x, y] = toUtm(east, lat, zone);
  const column = COLUMNS[(zone - 1) % 3]?.[Math.floor(x / SQUARE_M) - 1] ?? "?";
  const row = ROWS[(Math.floor(y / SQUARE_M) + (zone % 2 ? 0 : 5)) % 20] ?? "?";
  const band = BANDS[Math.floor((lat + 80) / 8)] ?? "?";
  return `${zone}${band} ${column}${row} ${digits(x)} ${digits(y)}`;
}

function digits(metres: number): string {
  return String(Math.floor(metres % SQUARE_M)).padStart(5, "0");
}
