// SPDX-License-Identifier: Apache-2.0
// Small pictures drawn when the map starts: hatches and marks. No cross, crescent or crystal.
import type { Map as GlMap } from "maplibre-gl";
import { CARE, GRADES, HAZARD, INK, UNKNOWN } from "./palette";

const RATIO = 2;

type Draw = (pen: CanvasRenderingContext2D, size: number) => void;

export function addImages(map: GlMap): void {
  add(map, "unknown-hatch", 8, hatch(GRADES[UNKNOWN], 1, "rgba(140,140,140,0.14)"));
  add(map, "hazard-hatch", 14, hatch(HAZARD, 1.3, "rgba(163,42,0,0.09)", true));
  add(map, "room", 28, () => {});
  add(map, "visit", 30, flag);
  add(map, "care-1", 22, house(CARE, "#fff"));
  add(map, "care-2", 22, house("#fff", CARE, true));
  add(map, "care-0", 22, house("#fff", CARE));
}

function add(map: GlMap, name: string, size: number, draw: Draw): void {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * RATIO;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(RATIO, RATIO);
  draw(pen, size);
  map.addImage(name, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: RATIO });
}

function hatch(colour: string, width: number, ground: string, rising = false): Draw {
  return (pen, size) => {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    for (const shift of [-size, 0, size]) {
      pen.moveTo(shift, rising ? size : 0);
      pen.lineTo(shift + size, rising ? 0 : size);
    }
    pen.stroke();
  };
}

/** A flag whose pole stands on the structure; the number is written on the cloth. */
const flag: Draw = (pen, size) => {
  pen.strokeStyle = INK;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(3, size - 1);
  pen.lineTo(3, 2);
  pen.stroke();
  pen.fillStyle = "#fff8d6";
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.roundRect(3, 2, size - 5, 17, 2);
  pen.fill();
  pen.stroke();
};

/** A plain house: filled, hollow, or hollow and struck through. */
function house(fill: string, line: string, struck = false): Draw {
  return (pen, size) => {
    pen.fillStyle = fill;
    pen.strokeStyle = line;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(3, 10);
    pen.lineTo(size / 2, 3);
    pen.lineTo(size - 3, 10);
    pen.lineTo(size - 3, size - 3);
    pen.lineTo(3, size - 3);
    pen.closePath();
    pen.fill();
    pen.stroke();
    if (!struck) return;
    pen.beginPath();
    pen.moveTo(2, 3);
    pen.lineTo(size - 2, size - 2);
    pen.stroke();
  };
}
