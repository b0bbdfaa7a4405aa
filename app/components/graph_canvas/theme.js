// Colours of the present theme, and how nodes and relationships look in it.
import { POLYGONS } from "./text.js";

export function readTheme(root, data) {
  const style = getComputedStyle(root);
  const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const roles = read("chart-categorical-colors").split(",").map((colour) => colour.trim());
  const background = read("background-color");
  const dark = isDark(background);
  const role = (name) => roles[data.roles.indexOf(name)] || read("gray-color");
  const types = {};
  for (const type of data.types) {
    types[type.label] = type.own ? type.own[dark ? 1 : 0] : role(type.label);
  }
  return {
    background,
    types,
    rings: { red: role("red"), amber: role("amber"), green: role("green"), unknown: role("unknown") },
    ink: read("text-color"),
    muted: read("gray-text-color"),
    line: read("gray-color"),
    primary: read("primary-color"),
    font: read("font") || "sans-serif",
  };
}

function isDark(colour) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = colour;
  const [red, green, blue] = canvas.fillStyle.match(/\w\w/g).map((part) => parseInt(part, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

export function styles(theme) {
  const label = {
    "font-family": theme.font,
    "text-background-color": theme.background,
    "text-background-opacity": 0.8,
    "text-background-padding": 1,
  };
  const shapes = Object.entries(POLYGONS).map(([shape, outline]) => ({
    selector: `node[shape = "${shape}"]`,
    style: { shape: "polygon", "shape-polygon-points": outline },
  }));
  return [
    {
      selector: "node",
      style: {
        ...label,
        width: 24,
        height: 24,
        label: "data(caption)",
        color: theme.muted,
        "background-color": (node) => theme.types[node.data("type")] || theme.line,
        "font-size": 11,
        "text-valign": "bottom",
        "text-margin-y": 3,
        "text-wrap": "ellipsis",
        "text-max-width": 88,
      },
    },
    { selector: "node[shape]", style: { shape: (node) => known(node.data("shape")) } },
    ...shapes,
    {
      selector: "node[severity]",
      style: { "border-width": 3.5, "border-color": (node) => theme.rings[node.data("severity")] || theme.line },
    },
    {
      selector: "node.center",
      style: { width: 34, height: 34, "font-size": 12, "font-weight": 600, color: theme.ink },
    },
    {
      selector: "edge",
      style: {
        ...label,
        width: 1.2,
        label: "",
        color: theme.muted,
        "font-size": 9,
        "text-rotation": "autorotate",
        "line-color": theme.line,
        "line-opacity": 0.55,
        "curve-style": "straight",
        "target-arrow-shape": "triangle",
        "target-arrow-color": theme.line,
        "arrow-scale": 0.75,
      },
    },
    { selector: "edge[?parallel]", style: { "curve-style": "bezier" } },
    { selector: "edge.named", style: { width: 2, "line-opacity": 1, color: theme.ink } },
    {
      selector: ".match",
      style: { "underlay-color": theme.primary, "underlay-opacity": 0.18, "underlay-padding": 5, "z-index": 5 },
    },
    {
      selector: ".chosen",
      style: { "underlay-color": theme.primary, "underlay-opacity": 0.35, "underlay-padding": 6, "z-index": 10 },
    },
    { selector: ".chosen[caption]", style: { color: theme.ink, "text-max-width": 260 } },
    // Names stand where they can be read; from far off only those of a few nodes, and larger.
    { selector: "edge.close, edge.named.near", style: { label: "data(relation)" } },
    { selector: "node.far, node.tiny", style: { label: "" } },
    { selector: named("far"), style: { label: "data(caption)", "font-size": 20 } },
    { selector: named("tiny"), style: { label: "data(caption)", "font-size": 36, "text-max-width": 600 } },
    { selector: ".dim", style: { opacity: 0.2 } },
    { selector: ".hidden", style: { display: "none" } },
  ];
}

function known(shape) {
  return shape in POLYGONS ? "polygon" : shape;
}

// How near the reader is: what is drawn as text depends on it.
export const LEVELS = ["tiny", "far", "near", "close"];

export function levelOf(zoom) {
  return LEVELS[[0.35, 0.62, 0.85].filter((least) => zoom >= least).length];
}

function named(level) {
  return [".center", ".chosen", ".match"].map((which) => `node${which}.${level}`).join(", ");
}
