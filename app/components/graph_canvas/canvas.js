// The graph canvas: cytoscape as a Streamlit component (components v2).
// Positions come from the server (layout "preset"), so that 300 nodes are drawn at once and nothing jumps on expand.
// What comes with the data is text: it is set by textContent only. Colours are Streamlit's theme variables, read again
// when the theme is switched. What the reader does is sent once as the trigger "event"; the server keeps what is drawn.
import cytoscape from "cytoscape";
import { download, graphAsJson, relationshipsAsCsv } from "./export.js";
import { Inspector } from "./inspector.js";
import { element, setText, swatch } from "./text.js";
import { LEVELS, levelOf, readTheme, styles } from "./theme.js";

const FIT_PADDING = 18;
const MOST_FIT_ZOOM = 1.25;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const canvases = new WeakMap();

class Canvas {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.stage = this.part("stage");
    this.hidden = new Set();
    this.details = {};
    this.moved = {};
    this.cy = cytoscape({
      container: this.stage,
      layout: { name: "preset" },
      minZoom: 0.05,
      maxZoom: 3,
      boxSelectionEnabled: false,
      autounselectify: true,
      userZoomingEnabled: false,
    });
    this.inspector = new Inspector(this.part("inspector"), {
      expand: (id) => this.expand(id),
      choose: (id) => this.choose(id, true),
      close: () => this.choose(null),
    });
    this.listen();
  }

  listen() {
    const { cy, stage, part } = this;
    cy.on("tap", "node", (tap) => this.choose(tap.target.id()));
    cy.on("onetap", "node", (tap) => this.ask(tap.target.id()));
    cy.on("dbltap", "node", (tap) => this.expand(tap.target.id()));
    cy.on("tap", "edge", (tap) => this.chooseEdge(tap.target));
    cy.on("tap", (tap) => tap.target === cy && this.choose(null));
    cy.on("zoom", () => this.come(levelOf(cy.zoom())));
    cy.on("dragfree", "node", (drag) => {
      const { x, y } = drag.target.position();
      this.moved[drag.target.id()] = [x, y];
    });
    // cytoscape remembers where it stands on the screen and sees no scrolling from inside a shadow root.
    const lookAgain = () => cy.renderer().invalidateContainerClientCoordsCache();
    for (const what of ["pointerdown", "pointermove", "wheel"]) {
      stage.addEventListener(what, lookAgain, { capture: true, passive: true });
    }
    // The wheel scrolls the page until the graph is entered.
    stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }));
    stage.addEventListener("focus", () => cy.userZoomingEnabled(true));
    stage.addEventListener("blur", () => cy.userZoomingEnabled(false));
    stage.addEventListener("keydown", (press) => this.press(press));
    part("find").addEventListener("input", () => this.find());
    part("find").addEventListener("keydown", (press) => press.key === "Enter" && this.nextMatch());
    const tools = {
      fit: () => this.fit(),
      in: () => this.zoom(1.3),
      out: () => this.zoom(1 / 1.3),
      undo: () => this.send("undo"),
      reset: () => this.send("reset"),
      png: () => this.savePicture(),
      json: () => download(`${this.data.file}.json`, "application/json", graphAsJson(this.shown(), this.data)),
      csv: () => download(`${this.data.file}-relationships.csv`, "text/csv", relationshipsAsCsv(this.shown())),
    };
    for (const [name, act] of Object.entries(tools)) part(name).addEventListener("click", act);
    part("list").addEventListener("toggle", () => this.list());
    // A switch of theme runs no script: a colour that changes is noticed by its transition.
    part("probe").addEventListener("transitionend", () => this.dress());
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(stage);
  }

  show(data) {
    const first = this.graph !== data.graph;
    this.data = data;
    this.graph = data.graph;
    this.moved = {};
    this.root.style.setProperty("--height", `${data.height}px`);
    // What was said of other nodes' missing neighbours may have changed with this picture.
    for (const detail of Object.values(this.details)) detail.missing = null;
    if (data.detail) this.details[data.detail.id] = data.detail;
    if (data.test) window.__cy = this.cy;
    const wanted = new Set([...data.nodes.map((node) => node.id), ...data.edges.map((edge) => edge.id)]);
    const added = this.cy.collection();
    this.cy.batch(() => {
      if (first) {
        this.cy.elements().remove();
        this.hidden.clear();
        this.details = data.detail ? { [data.detail.id]: data.detail } : {};
        this.chosen = null;
      }
      this.cy.elements().filter((item) => !wanted.has(item.id())).remove();
      for (const { id, x, y, ...rest } of data.nodes) {
        const drawn = this.cy.getElementById(id);
        if (drawn.nonempty()) drawn.data(rest);
        else added.merge(this.cy.add({ group: "nodes", data: { id, ...rest }, position: { x, y } }));
      }
      for (const edge of data.edges) {
        if (this.cy.getElementById(edge.id).empty()) this.cy.add({ group: "edges", data: edge });
      }
      this.cy.nodes().forEach((node) => node.toggleClass("center", node.id() === data.center));
    });
    this.dress();
    if (first) {
      this.fitted = false;
      this.resize();
    }
    if (!first && added.nonempty() && !this.inSight(added)) this.fit();
    this.come(levelOf(this.cy.zoom()), added.nonempty());
    this.applyHidden();
    this.find();
    this.legend();
    this.list();
    if (this.chosen && this.cy.getElementById(this.chosen).empty()) this.chosen = null;
    if (data.detail && first) this.chosen = data.detail.id;
    this.choose(this.chosen);
    this.part("undo").disabled = !data.undo;
    this.part("reset").disabled = !data.undo;
    this.say(data.message);
  }

  dress() {
    const theme = readTheme(this.root, this.data);
    const same = JSON.stringify(theme);
    if (same === this.dressed) return;
    this.dressed = same;
    this.theme = theme;
    this.cy.style(styles(theme));
    for (const drawing of this.part("legend").querySelectorAll("svg")) {
      drawing.firstChild.setAttribute("fill", theme.types[drawing.closest("button").value]);
    }
    this.inspector.dress(theme);
  }

  resize() {
    if (!this.stage.clientWidth || !this.data) return;
    this.cy.resize();
    this.dress();
    if (!this.fitted) this.fitted = (this.fit(), true);
  }

  shown() {
    return this.cy.elements().filter((item) => item.visible());
  }

  fit() {
    this.cy.fit(this.shown(), FIT_PADDING);
    if (this.cy.zoom() > MOST_FIT_ZOOM) {
      this.cy.zoom(MOST_FIT_ZOOM);
      this.cy.center(this.shown());
    }
  }

  come(level, anew = false) {
    if (level === this.level && !anew) return;
    this.level = level;
    this.cy.batch(() => this.cy.elements().removeClass(LEVELS).addClass(level));
  }

  zoom(factor) {
    const middle = { x: this.cy.width() / 2, y: this.cy.height() / 2 };
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: middle });
  }

  inSight(items) {
    const seen = this.cy.extent();
    const box = items.boundingBox({ includeLabels: false });
    return box.x1 >= seen.x1 && box.x2 <= seen.x2 && box.y1 >= seen.y1 && box.y2 <= seen.y2;
  }

  // Ask the server; what the reader dragged goes along, so that new nodes are set around where a node is now.
  send(kind, id = "") {
    const busy = { expand: "Reading neighbours…", undo: "Taking back…", reset: "Starting again…" };
    this.say(busy[kind] ?? this.data.message);
    this.trigger({ kind, id, moved: this.moved, at: Date.now() });
  }

  ask(id) {
    if (id && !this.details[id]) this.send("select", id);
  }

  expand(id) {
    this.choose(id);
    this.send("expand", id);
  }

  choose(id, andAsk = false) {
    this.chosen = id || null;
    this.cy.elements().removeClass("chosen named");
    if (!id) {
      this.inspector.empty();
      return;
    }
    const node = this.cy.getElementById(id);
    node.addClass("chosen");
    node.connectedEdges().addClass("named");
    this.inspector.showNode(node, this.details[id], this.data);
    if (andAsk) {
      this.bringIntoSight(node);
      this.ask(id);
    }
  }

  chooseEdge(edge) {
    this.chosen = null;
    this.cy.elements().removeClass("chosen named");
    edge.addClass("chosen named");
    this.inspector.showEdge(edge, this.data);
  }

  bringIntoSight(node) {
    if (node.visible() && !this.inSight(node)) this.cy.center(node);
  }

  press(press) {
    const arrow = ARROWS[press.key];
    const act = {
      "+": () => this.zoom(1.3),
      "-": () => this.zoom(1 / 1.3),
      0: () => this.fit(),
      Escape: () => this.choose(null),
      Enter: () => this.ask(this.chosen),
      e: () => this.chosen && this.expand(this.chosen),
    }[press.key];
    if (press.ctrlKey || press.metaKey || press.altKey || !(arrow || act)) return;
    press.preventDefault();
    if (arrow) this.step(arrow);
    else act();
  }

  // The nearest node in the arrow's direction; from nowhere, the center or the first.
  step([dx, dy]) {
    const nodes = this.cy.nodes(":visible");
    const from = this.chosen && this.cy.getElementById(this.chosen);
    if (!from || from.empty()) {
      const start = nodes.filter(".center").nonempty() ? nodes.filter(".center")[0] : nodes[0];
      if (start) this.choose(start.id());
    } else {
      const at = from.position();
      let best = null;
      let least = Infinity;
      nodes.forEach((node) => {
        const [x, y] = [node.position("x") - at.x, node.position("y") - at.y];
        const along = x * dx + y * dy;
        const cost = along + 2.5 * Math.abs(x * dy + y * dx);
        if (along > 1 && cost < least) [best, least] = [node, cost];
      });
      if (best) this.choose(best.id());
    }
    if (!this.chosen) return;
    const node = this.cy.getElementById(this.chosen);
    this.bringIntoSight(node);
    this.say(`${node.data("type")} ${node.data("name")}, ${node.neighborhood("node").length} neighbours drawn.`);
  }

  find() {
    const words = this.part("find").value.trim().toLowerCase();
    const fits = (node) => `${node.data("name")} ${node.data("key")}`.toLowerCase().includes(words);
    this.matches = words ? this.cy.nodes(":visible").filter(fits) : this.cy.collection();
    this.cy.batch(() => {
      this.cy.elements().removeClass("dim match");
      if (!words) return;
      this.cy.elements().difference(this.matches).addClass("dim");
      this.matches.addClass("match");
    });
    setText(this.part("found"), words ? `${this.matches.length} found` : "");
  }

  nextMatch() {
    if (!this.matches.length) return;
    const now = this.matches.toArray().findIndex((node) => node.id() === this.chosen);
    const next = this.matches[(now + 1) % this.matches.length];
    this.choose(next.id(), true);
    this.cy.center(next);
  }

  // Made again only where the types changed: a press of a button that is replaced meanwhile is lost.
  legend() {
    const place = this.part("legend");
    const same = JSON.stringify([this.graph, this.data.types]);
    if (place.dataset.types === same) return;
    place.dataset.types = same;
    place.replaceChildren();
    for (const type of this.data.types) {
      const button = element("button", { type: "button", "aria-pressed": String(!this.hidden.has(type.label)) });
      button.value = type.label;
      button.append(swatch(type.shape, this.theme.types[type.label]), element("span", {}, type.label));
      button.append(element("span", { class: "count" }, type.count.toLocaleString("en")));
      button.title = type.description;
      button.addEventListener("click", () => {
        if (!this.hidden.delete(type.label)) this.hidden.add(type.label);
        this.applyHidden();
        button.setAttribute("aria-pressed", String(!this.hidden.has(type.label)));
        this.find();
        this.list();
      });
      place.append(button);
    }
  }

  applyHidden() {
    this.cy.batch(() =>
      this.cy.nodes().forEach((node) => node.toggleClass("hidden", this.hidden.has(node.data("type")))),
    );
    const count = this.cy.nodes().filter((node) => this.hidden.has(node.data("type"))).length;
    setText(this.part("hiding"), count ? `${count.toLocaleString("en")} hidden by the legend` : "");
  }

  list() {
    const body = this.part("rows");
    body.replaceChildren();
    if (!this.part("list").open) return;
    this.cy.nodes(":visible").forEach((node) => {
      const name = element("button", { type: "button" }, node.data("name"));
      name.addEventListener("click", () => this.choose(node.id(), true));
      const cells = [name, node.data("type"), node.data("key"), String(node.neighborhood("node:visible").length)];
      const row = element("tr");
      for (const cell of cells) {
        const place = element("td");
        place.append(cell);
        row.append(place);
      }
      body.append(row);
    });
  }

  async savePicture() {
    const options = { output: "blob-promise", full: true, scale: 2, bg: this.theme.background, maxWidth: 8000 };
    const level = this.level;
    this.come("close");
    const picture = await this.cy.png(options);
    this.come(level);
    download(`${this.data.file}.png`, "image/png", picture);
  }

  say(text) {
    setText(this.part("status"), text || "");
  }

  destroy() {
    this.sizes.disconnect();
    if (window.__cy === this.cy) delete window.__cy;
    this.cy.destroy();
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector('[data-part="canvas"]');
  let canvas = canvases.get(root);
  if (!canvas) {
    canvas = new Canvas(root);
    canvases.set(root, canvas);
  }
  canvas.trigger = (event) => setTriggerValue("event", event);
  canvas.show(data);
  return () => {
    canvas.destroy();
    canvases.delete(root);
  };
}
