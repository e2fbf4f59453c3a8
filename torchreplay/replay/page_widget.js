// The widget of a notebook: the page in a frame, and the messages between both.

function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-forms allow-downloads");
  frame.style.cssText = `display: block; width: 100%; height: ${model.get("_height")}px; border: 0`;
  const tell = (type, message) => frame.contentWindow?.postMessage({ type: `torchreplay:${type}`, ...message }, "*");
  const show = () => tell("show", model.get("_asked"));
  const append = () => model.get("_record") && tell("append", { record: model.get("_record") });
  const heard = {
    // The page has come, maybe again: it is where the last one was.
    "torchreplay:ready"() {
      append();
      show();
      if (model.get("_shown").number >= model.get("_asked").number) tell("show", model.get("_shown"));
    },
    "torchreplay:shown"({ epoch, pinned, selection }) {
      model.set("_shown", { epoch, pinned, selection, number: model.get("_asked").number });
      model.save_changes();
    },
  };
  const listen = ({ source, data }) => source === frame.contentWindow && heard[data.type]?.(data);
  window.addEventListener("message", listen);
  model.on("change:_asked", show);
  model.on("change:_record", append);
  frame.srcdoc = model.get("_page");
  el.append(frame);
  return () => {
    window.removeEventListener("message", listen);
    model.off("change:_asked", show);
    model.off("change:_record", append);
  };
}

export default { render };
