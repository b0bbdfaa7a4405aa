// What is shown, as files: made in the browser, so nothing is asked of any server.
export function download(name, type, content) {
  const file = content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function graphAsJson(shown, data) {
  const end = (node) => ({ label: node.data("type"), key: node.data("key") });
  const graph = {
    version: 1,
    showing: data.nodes.length,
    of: data.total,
    nodes: shown.nodes().map((node) => ({ ...end(node), name: node.data("name"), ...place(node) })),
    edges: shown.edges().map((edge) => ({
      head: end(edge.source()),
      relation: edge.data("relation"),
      tail: end(edge.target()),
    })),
  };
  return `${JSON.stringify(graph, null, 1)}\n`;
}

function place(node) {
  const { x, y } = node.position();
  return { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
}

export function relationshipsAsCsv(shown) {
  const lines = [["head_label", "head", "head_name", "relation", "tail_label", "tail", "tail_name"]];
  shown.edges().forEach((edge) => {
    const ends = [edge.source(), edge.target()].map((node) => ["type", "key", "name"].map((part) => node.data(part)));
    lines.push([...ends[0], edge.data("relation"), ...ends[1]]);
  });
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

function cell(value) {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
