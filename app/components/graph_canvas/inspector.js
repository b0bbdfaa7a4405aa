// The inspector: what one node or relationship is, says and joins. Everything in it is set as text.
import { element, swatch } from "./text.js";

export class Inspector {
  constructor(place, actions) {
    this.place = place;
    this.actions = actions;
  }

  dress(theme) {
    this.theme = theme;
    if (this.again) this.again();
  }

  // It keeps its place when nothing is chosen, so that a click does not move the drawing.
  empty() {
    this.again = null;
    this.place.classList.add("empty");
    this.place.replaceChildren(element("p", { class: "note" }, "Click a node or a relationship to see what it is."));
    this.place.append(element("p", { class: "note" }, "Double-click a node to bring its neighbours."));
  }

  open(again) {
    const focused = this.place.contains(this.place.getRootNode().activeElement);
    this.again = again;
    this.place.classList.remove("empty");
    this.place.replaceChildren();
    const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
    close.addEventListener("click", () => this.actions.close());
    this.place.append(close);
    if (focused) close.focus();
  }

  showNode(node, detail, data) {
    this.open(() => this.showNode(node, detail, data));
    const { type, name, key, shape, rows, href, page, severity } = node.data();
    const kind = element("p", { class: "kind" });
    kind.append(swatch(shape, this.theme.types[type]), element("span", {}, severity ? `${type}, ${severity}` : type));
    this.place.append(kind, element("h4", {}, name), element("p", { class: "key" }, key));
    this.place.append(this.buttons(node, detail, data, href, page));
    if (detail) this.place.append(...this.relations(detail));
    this.place.append(this.properties(rows, data));
  }

  showEdge(edge, data) {
    this.open(() => this.showEdge(edge, data));
    const [head, tail] = [edge.source(), edge.target()];
    this.place.append(element("p", { class: "kind" }, "Relationship"), element("h4", {}, edge.data("relation")));
    const description = data.relations[edge.data("relation")];
    if (description) this.place.append(element("p", { class: "note" }, description));
    for (const [what, node] of [["from", head], ["to", tail]]) {
      const line = element("p", { class: "end" }, `${what} `);
      const link = element("button", { type: "button", class: "link" }, `${node.data("type")} ${node.data("name")}`);
      link.addEventListener("click", () => this.actions.choose(node.id()));
      line.append(link);
      this.place.append(line);
    }
    this.place.append(this.properties(edge.data("rows"), data));
  }

  buttons(node, detail, data, href, page) {
    const place = element("p", { class: "actions" });
    const left = data.left[node.id()] ?? (detail ? detail.missing : null);
    const full = data.nodes.length >= data.most;
    const next = left ? `Expand: ${Math.min(left, data.step)} of ${left.toLocaleString("en")} more` : "All drawn";
    const words = full ? `${data.most} nodes: no room to expand` : left === null ? "Expand" : next;
    const button = element("button", { type: "button" }, words);
    button.disabled = full || left === 0;
    button.addEventListener("click", () => this.actions.expand(node.id()));
    place.append(button);
    // Addresses come from the server and lead to a page of this app, nowhere else.
    if (href && /^[a-z]+\?[^\s]*$/.test(href)) {
      place.append(element("a", { href, target: "_blank", rel: "noopener" }, page));
    }
    return place;
  }

  relations(detail) {
    const table = element("table", { "aria-label": "Relationships of this node" });
    for (const [words, total] of detail.relations) {
      const row = element("tr");
      row.append(element("td", {}, words), element("td", { class: "number" }, total.toLocaleString("en")));
      table.append(row);
    }
    const title = detail.relations.length ? "Relationships in the store" : "No relationships in the store";
    return [element("h5", {}, title), table];
  }

  properties(rows, data) {
    const list = element("dl");
    for (const [property, words, text] of rows || []) {
      const term = element("dt", {}, words);
      term.title = data.properties[property] || "";
      list.append(term, element("dd", {}, text));
    }
    return list;
  }
}
