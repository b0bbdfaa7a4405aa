// The Cypher editor: CodeMirror 6 as a Streamlit component (components v2).
// It sends its text only when the reader runs it (button or Ctrl/Cmd-Enter): a component that sends state on blur
// swallows the next click. Colours are Streamlit's theme variables, so a switch of theme needs no rerun.
import { autocompletion, closeBrackets, completeFromList } from "@codemirror/autocomplete";
import { history, historyKeymap, indentWithTab, defaultKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { cypher } from "@codemirror/legacy-modes/mode/cypher";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The mode takes many property names (name, type, key) for keywords, and knows no numbers.
const mode = {
  ...cypher,
  token(stream, state) {
    const before = stream.pos > 0 ? stream.string[stream.pos - 1] : "";
    if (before === "." && stream.match(/^\w+/)) return "propertyName";
    if (!/\w/.test(before) && stream.match(/^\d+(\.\d+)?/)) return "number";
    if (stream.match(/^\$\w+/)) return "number";
    return cypher.token(stream, state);
  },
};

const highlight = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--st-blue-text-color)", fontWeight: "600" },
  { tag: [tags.string, tags.atom], color: "var(--st-green-text-color)" },
  { tag: [tags.number, tags.bool], color: "var(--st-orange-text-color)" },
  { tag: [tags.standard(tags.variableName), tags.definition(tags.variableName)], color: "var(--st-violet-text-color)" },
  { tag: tags.comment, color: "var(--st-gray-text-color)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": {
    fontSize: "13px",
    color: "var(--st-text-color)",
    backgroundColor: "var(--st-code-background-color)",
    border: "1px solid var(--st-widget-border-color, var(--st-border-color))",
    borderRadius: "var(--st-base-radius)",
  },
  "&.cm-focused": { outline: "1px solid var(--st-primary-color)" },
  ".cm-scroller": { fontFamily: "var(--st-code-font)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--st-text-color)", padding: "8px 0" },
  ".cm-gutters": { color: "var(--st-gray-text-color)", backgroundColor: "transparent", border: "none" },
  ".cm-placeholder": { color: "var(--st-gray-text-color)" },
  ".cm-cursor": { borderLeftColor: "var(--st-text-color)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--st-blue-background-color)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--st-gray-background-color)" },
  ".cm-tooltip": {
    color: "var(--st-text-color)",
    backgroundColor: "var(--st-background-color)",
    border: "1px solid var(--st-border-color)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--st-text-color)",
    backgroundColor: "var(--st-blue-background-color)",
  },
});

const editors = new WeakMap();

function completions(words) {
  return completeFromList((words || []).map((label) => ({ label, type: /^[A-Z_]+$/.test(label) ? "keyword" : "type" })));
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const host = parentElement.querySelector(".editor");
  const button = parentElement.querySelector("button");
  let held = editors.get(host);
  if (!held) {
    held = { seed: data.text, send: setTriggerValue };
    const run = () => {
      held.send("run", held.view.state.doc.toString());
      return true;
    };
    held.view = new EditorView({
      parent: host,
      root: parentElement instanceof ShadowRoot ? parentElement : undefined,
      state: EditorState.create({
        doc: data.text,
        extensions: [
          Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ override: [completions(data.words)], icons: false }),
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          StreamLanguage.define(mode),
          syntaxHighlighting(highlight),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": "Cypher" }),
          placeholder(data.placeholder || ""),
          look,
        ],
      }),
    });
    button.onclick = run;
    editors.set(host, held);
  } else if (held.seed !== data.text) {
    // Another text was chosen (history, a link): it replaces what is being written.
    held.seed = data.text;
    held.view.dispatch({ changes: { from: 0, to: held.view.state.doc.length, insert: data.text } });
  }
  held.send = setTriggerValue;
  return () => {
    held.view.destroy();
    editors.delete(host);
  };
}
