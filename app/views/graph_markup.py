"""The markup of the graph canvas: fixed, so that nothing of the data can become part of it."""

from __future__ import annotations

HTML = """
<section data-part="canvas" aria-label="Graph">
  <div class="tools" role="toolbar" aria-label="Graph tools">
    <input data-part="find" type="search" placeholder="Find a node" aria-label="Find a node" autocomplete="off">
    <span data-part="found" class="note" role="status"></span>
    <span class="group">
      <button data-part="in" type="button" aria-label="Zoom in">+</button>
      <button data-part="out" type="button" aria-label="Zoom out">−</button>
      <button data-part="fit" type="button">Fit</button>
      <button data-part="undo" type="button" disabled>Undo</button>
      <button data-part="reset" type="button" disabled>Reset</button>
    </span>
    <span class="group">
      <button data-part="png" type="button" aria-label="Save what is shown as a PNG picture">PNG</button>
      <button data-part="json" type="button" aria-label="Save what is shown as JSON">JSON</button>
      <button data-part="csv" type="button" aria-label="Save the relationships shown as CSV">CSV</button>
    </span>
  </div>
  <div class="legend" data-part="legend" role="group" aria-label="Types of nodes; press one to hide or show it"></div>
  <div class="body">
    <div class="stage" data-part="stage" tabindex="0" role="application" aria-label="Drawing of the graph. Arrow keys
      go from node to node, E expands, plus and minus zoom, 0 fits, Escape closes. All nodes are in the list."></div>
    <aside class="inspector" data-part="inspector" aria-label="Inspector" aria-live="polite"></aside>
  </div>
  <p class="note"><span data-part="status" role="status"></span> <span data-part="hiding"></span></p>
  <details data-part="list">
    <summary>List of nodes</summary>
    <div class="scroll">
      <table>
        <thead><tr>
          <th scope="col">Name</th><th scope="col">Type</th><th scope="col">Key</th>
          <th scope="col">Neighbours drawn</th>
        </tr></thead>
        <tbody data-part="rows"></tbody>
      </table>
    </div>
  </details>
  <span class="probe" data-part="probe" aria-hidden="true"></span>
</section>
"""
