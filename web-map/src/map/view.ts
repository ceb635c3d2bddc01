// SPDX-License-Identifier: Apache-2.0
// The drawn map: starts MapLibre, answers taps, switches layers and languages.
import rtlCode from "rtl-text-code?raw";
import * as maplibre from "maplibre-gl";
import type { GeoJSONSource, LngLatBoundsLike, Map as GlMap, MapGeoJSONFeature, Marker, PaddingOptions, Point } from "maplibre-gl";
import type { Language, LonLat, Payload } from "../payload";
import { addImages } from "./images";
import { build, specification, type Sources } from "./sources";
import { GROUPS, layers, OFF_AT_FIRST, OFF_ON_REACH, PICKS, placeName, type Group } from "./style";

export type Kind = "structure" | "street" | "hazard" | "care" | "visit";
export interface Pick {
  kind: Kind;
  row: number;
}

export interface Listener {
  moved(centre: LonLat, metresPerPixel: number, zoom: number): void;
  pointed(at: LonLat | null): void;
  picked(pick: Pick | null): void;
}

const KINDS: Record<string, Kind> = {
  visits: "visit",
  care: "care",
  structures: "structure",
  outlines: "structure",
  hazards: "hazard",
  streets: "street",
};
const FINGER_PX = 7;
const APART_PX = 25;
/** Where a mark may go, nearest first. */
const ASIDE: readonly [number, number][] = [
  [0, 0], [1, 0], [-1, 0], [0, -1], [0, 1], [1, 1], [-1, 1], [1, -1], [-1, -1], [2, 0], [-2, 0], [0, 2], [0, -2],
];
const CLOSE_ZOOM = 16;

let textStarted = false;

export class View {
  readonly map: GlMap;
  readonly #payload: Payload;
  readonly #sources: Sources;
  readonly #marks: Marker[] = [];

  constructor(container: HTMLElement, payload: Payload, listener: Listener) {
    this.#payload = payload;
    this.#sources = build(payload);
    startText();
    this.map = new maplibre.Map({
      container,
      style: { version: 8, sources: specification(this.#sources), layers: [] },
      bounds: payload.panel.focus as LngLatBoundsLike,
      fitBoundsOptions: { padding: padding(container), maxZoom: CLOSE_ZOOM },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      fadeDuration: 0,
      renderWorldCopies: false,
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true }, // for printing
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.once("load", () => {
      addImages(this.map);
      for (const layer of layers()) this.map.addLayer(layer);
      for (const group of [...OFF_ON_REACH, "chance" as const]) this.show(group, startsOn(group, payload));
    });
    this.#listen(listener);
  }

  /** Put an HTML mark (a button, so that it can be reached by keyboard) on the map. */
  addMark(element: HTMLElement, at: LonLat): void {
    this.#marks.push(new maplibre.Marker({ element, anchor: "center" }).setLngLat(at).addTo(this.map));
    this.#spread();
  }

  /** Far out, move marks a little aside so that none hides another. */
  #spread(): void {
    const taken: Point[] = [];
    for (const mark of this.#marks) {
      const at = this.map.project(mark.getLngLat());
      const free = ASIDE.map(([x, y]) => new maplibre.Point(x * APART_PX, y * APART_PX)).find((step) =>
        taken.every((other) => other.dist(at.add(step)) > APART_PX - 2),
      );
      const step = free ?? new maplibre.Point(0, 0);
      taken.push(at.add(step));
      mark.setOffset(step);
    }
  }

  show(group: Group, visible: boolean): void {
    if (group === "sites") for (const mark of this.#marks) mark.getElement().hidden = !visible;
    this.#whenDrawn(() => {
      for (const layer of GROUPS[group]) {
        this.map.setLayoutProperty(layer, "visibility", visible ? "visible" : "none");
      }
    });
  }

  use(language: Language): void {
    this.#whenDrawn(() => {
      this.map.setLayoutProperty("places", "text-field", placeName(language));
      const [first, second] = language === "ar" ? ["name_ar", "name_en"] : ["name_en", "name_ar"];
      this.map.setLayoutProperty("street-names", "text-field", [
        "case",
        ["!=", ["get", first], ""],
        ["get", first],
        ["get", second],
      ]);
    });
  }

  fly(at: LonLat): void {
    const zoom = Math.max(this.map.getZoom(), CLOSE_ZOOM - 0.5);
    this.map.easeTo({ center: at, zoom, duration: duration() });
  }

  whole(): void {
    this.map.fitBounds(this.#payload.panel.focus as LngLatBoundsLike, {
      padding: padding(this.map.getContainer()),
      maxZoom: CLOSE_ZOOM,
      duration: duration(),
    });
  }

  /** Outline what is opened; null clears it. */
  select(pick: Pick | null): void {
    const names = Object.keys(KINDS).filter((name) => KINDS[name] === pick?.kind);
    const found = names
      .flatMap((name) => this.#sources[name]?.features ?? [])
      .filter((feature) => feature.id === pick?.row);
    const outlined = found.filter((feature) => feature.geometry.type !== "Point");
    this.#whenDrawn(() => {
      this.map.getSource<GeoJSONSource>("selected")?.setData({
        type: "FeatureCollection",
        features: outlined.length > 0 ? outlined : found,
      });
    });
  }

  #listen(listener: Listener): void {
    const moved = (): void => {
      const { lng, lat } = this.map.getCenter();
      const { clientWidth, clientHeight } = this.map.getContainer();
      const left = this.map.unproject([clientWidth / 2 - 50, clientHeight / 2]);
      const right = this.map.unproject([clientWidth / 2 + 50, clientHeight / 2]);
      listener.moved([lng, lat], left.distanceTo(right) / 100, this.map.getZoom());
    };
    this.map.on("move", moved);
    this.map.on("zoom", () => this.#spread());
    this.map.on("load", () => this.#spread());
    this.map.on("resize", moved);
    this.map.on("load", moved);
    this.map.on("mousemove", ({ lngLat }) => listener.pointed([lngLat.lng, lngLat.lat]));
    this.map.on("mouseout", () => listener.pointed(null));
    this.map.on("click", ({ point, lngLat }) => {
      listener.pointed([lngLat.lng, lngLat.lat]);
      listener.picked(this.#nearest(point));
    });
    this.map.on("mousemove", ({ point }) => {
      this.map.getCanvas().style.cursor = this.#nearest(point) ? "pointer" : "";
    });
    this.map.on("idle", () => {
      if (this.map.getLayer("visits")) markReady();
    });
  }

  #nearest({ x, y }: { x: number; y: number }): Pick | null {
    const shown = PICKS.filter((layer) => this.map.getLayer(layer));
    if (shown.length === 0) return null;
    const found = this.map.queryRenderedFeatures(
      [
        [x - FINGER_PX, y - FINGER_PX],
        [x + FINGER_PX, y + FINGER_PX],
      ],
      { layers: shown },
    );
    const order = (feature: MapGeoJSONFeature): number => shown.indexOf(feature.layer.id);
    const [best] = found.sort((a, b) => order(a) - order(b));
    const kind = best && KINDS[best.source];
    return kind ? { kind, row: Number(best.id) } : null;
  }

  #whenDrawn(act: () => void): void {
    if (this.map.getLayer("visits")) act();
    else this.map.once("load", act);
  }
}

/** Room for marks, and for the map key where it stands open. */
function padding(container: HTMLElement): PaddingOptions {
  const key = container.clientWidth > 700 ? 270 : 30;
  const rtl = document.documentElement.dir === "rtl";
  return { top: 35, bottom: 45, left: rtl ? key : 45, right: rtl ? 45 : key };
}

export function canDraw(): boolean {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

export function startsOn(group: Group, { panel }: Payload): boolean {
  if (group === "chance") return Boolean(panel.reach?.worlds);
  return !OFF_AT_FIRST.has(group) && !(panel.reach && OFF_ON_REACH.has(group));
}

export function rtlStatus(): string {
  return maplibre.getRTLTextPluginStatus();
}

/**
 * MapLibre draws each glyph by itself, after the order of an Arabic line is settled. In a page that
 * reads from right to left the browser would mirror its brackets a second time.
 */
function drawGlyphsAsTheyAre(): void {
  if (typeof OffscreenCanvas === "undefined") return;
  const getContext = OffscreenCanvas.prototype.getContext;
  OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: unknown[]) {
    const pen: unknown = Reflect.apply(getContext, this, args);
    if (pen instanceof OffscreenCanvasRenderingContext2D) pen.direction = "ltr";
    return pen;
  } as typeof getContext;
}

function startText(): void {
  if (textStarted) return;
  textStarted = true;
  drawGlyphsAsTheyAre();
  // A data address: a worker of a page from disk may not load a blob of that page.
  const url = `data:text/javascript;base64,${btoa(rtlCode)}`;
  maplibre.setRTLTextPlugin(url, false).catch((error: unknown) => console.error(error));
}

/** Tell whoever watches (tests, screenshots) that all there is to see is drawn. */
export function markReady(): void {
  window.__goldenhour_ready = true;
  document.documentElement.dataset["ready"] = "true";
}

function duration(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 500;
}
