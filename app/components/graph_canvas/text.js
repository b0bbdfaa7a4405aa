// Small makers of elements. Text is always text: nothing here takes markup.
const SVG = "http://www.w3.org/2000/svg";
const OUTLINES = {
  rectangle: "2,2 14,2 14,14 2,14",
  diamond: "8,1 15,8 8,15 1,8",
  triangle: "8,1.5 15,14.5 1,14.5",
  pentagon: "8,1 15,6.2 12.3,14.5 3.7,14.5 1,6.2",
  hexagon: "4.2,1.5 11.8,1.5 15.5,8 11.8,14.5 4.2,14.5 0.5,8",
  octagon: "5,1 11,1 15,5 15,11 11,15 5,15 1,11 1,5",
  star: "8,0.5 10,5.8 15.6,6 11.2,9.5 12.8,15 8,11.8 3.2,15 4.8,9.5 0.4,6 6,5.8",
  vee: "1,1.5 8,5 15,1.5 8,15",
  rhomboid: "1,2 11,2 15,14 5,14",
  tag: "1,2 10,2 15,8 10,14 1,14",
  plus: "5.5,1 10.5,1 10.5,5.5 15,5.5 15,10.5 10.5,10.5 10.5,15 5.5,15 5.5,10.5 1,10.5 1,5.5 5.5,5.5",
  pointer: "2,1 15,8 2,15",
};

// Outlines that cytoscape does not know by name, in -1 to 1.
export const POLYGONS = { plus: points(OUTLINES.plus), pointer: points(OUTLINES.pointer) };

function points(outline) {
  return outline.split(/[ ,]/).map((number) => (Number(number) - 8) / 7).join(" ");
}

export function setText(place, text) {
  place.textContent = text;
}

export function element(name, attributes = {}, text = null) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text !== null) made.textContent = text;
  return made;
}

export function swatch(shape, colour) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "swatch");
  const outline = document.createElementNS(SVG, OUTLINES[shape] ? "polygon" : "circle");
  const place = OUTLINES[shape] ? { points: OUTLINES[shape] } : { cx: "8", cy: "8", r: "7" };
  for (const [attribute, value] of Object.entries({ ...place, fill: colour })) outline.setAttribute(attribute, value);
  drawing.append(outline);
  return drawing;
}
