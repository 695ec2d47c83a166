/* Draws the Mermaid diagrams of a page in its theme. Without it, and where one cannot be drawn, its source is there to read. */

(() => {
  "use strict";

  const here = document.currentScript.src;
  const scheme = () => document.body.dataset.mdColorScheme ?? "default";
  const waiting = new Map();
  let frame;
  let drawn = 0;

  /* The library works in a frame that can reach neither this page nor any host: what a diagram says may load pictures,
     and a fault in the library must not run in a reader's session. */
  function start() {
    const scripts = ["mermaid/mermaid.min.js", "mermaid/frame.js"].map((name) => new URL(name, here).href);
    const made = document.createElement("iframe");
    made.className = "pm-diagram__frame";
    made.title = "Drawing of diagrams";
    made.tabIndex = -1;
    made.setAttribute("aria-hidden", "true");
    made.setAttribute("sandbox", "allow-scripts");
    const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${scripts.join(" ")}`;
    const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    made.srcdoc =
      `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${quoted(policy)}"><body>` +
      scripts.map((address) => `<script src="${quoted(address)}"></script>`).join("");
    const lost = new Error("The library could not be loaded.");
    const ready = new Promise((resolve, reject) => {
      waiting.set("ready", ({ library }) => (library ? resolve() : reject(lost)));
      /* A line may be slow. Once all that the frame asks for is there or lost, it has told in a moment, or never will. */
      made.addEventListener("load", () => setTimeout(reject, 1_000, lost));
    });
    document.body.append(made);
    return { element: made, window: made.contentWindow, ready };
  }

  function inTime(promise, fault) {
    const late = new Promise((_, reject) => setTimeout(reject, 20_000, new Error(fault)));
    return Promise.race([promise, late]);
  }

  addEventListener("message", ({ source, data }) => {
    if (source !== frame?.window || !waiting.has(data?.id)) return;
    waiting.get(data.id)(data);
    waiting.delete(data.id);
  });

  async function answered(id, source) {
    frame ??= start();
    await frame.ready;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    frame.window.postMessage({ id, source, look: look() }, "*");
    return inTime(answer, "It takes too long.");
  }

  async function ask(source) {
    const id = `pm-diagram-${(drawn += 1)}`;
    const { svg, fault } = await answered(id, source).catch((error) => {
      /* The next one is drawn in a new frame. */
      frame.element.remove();
      frame = undefined;
      throw error;
    });
    if (!svg) throw new Error(fault);
    return cleaned(svg, id);
  }

  /* The tokens of the page's theme under the library's names. */
  function look() {
    const style = getComputedStyle(document.body);
    const token = (name) => style.getPropertyValue(`--pm-${name}`).trim();
    const names = {
      background: "surface", primaryColor: "accent-soft", primaryTextColor: "ink", primaryBorderColor: "accent",
      secondaryColor: "grey-soft", secondaryTextColor: "ink", tertiaryColor: "sunken", tertiaryTextColor: "ink",
      lineColor: "muted", textColor: "ink", noteBkgColor: "yellow-soft", noteTextColor: "ink", noteBorderColor: "yellow",
      errorBkgColor: "red-soft", errorTextColor: "red",
    };
    return {
      ...Object.fromEntries(Object.entries(names).map(([name, ours]) => [name, token(ours)])),
      ...Object.fromEntries(["accent", "orange", "green", "red", "yellow", "grey"].map((name, i) => [`pie${i + 1}`, token(`${name}-soft`)])),
      pieOpacity: "1",
      xyChart: { plotColorPalette: ["accent", "orange", "green", "red", "yellow"].map(token).join(",") },
      darkMode: scheme() === "slate",
      fontFamily: style.fontFamily,
      fontSize: "14px",
    };
  }

  /* Mermaid cleans what it draws; nothing that runs, loads, leads away or styles the page gets past this either. */
  function cleaned(text, id) {
    const svg = new DOMParser().parseFromString(text, "text/html").querySelector("svg");
    const outside = /\\|(?:url|image-set|src)\s*\(\s*["']?(?!["']?#)/i;
    const drawing = /^(svg|g|defs|style|title|desc|path|line|polyline|polygon|rect|circle|ellipse|text|tspan|marker|symbol|use|switch|clippath|mask|pattern|filter|fe[a-z]+|(linear|radial)gradient|stop|a|foreignobject)$/;
    const words = /^(div|span|p|br|b|i|em|strong|code|ul|ol|li|table|tbody|tr|td)$/;
    for (const element of [svg, ...svg.querySelectorAll("*")]) {
      const name = element.localName.toLowerCase();
      const known = element.namespaceURI.endsWith("/svg") ? drawing : words;
      if (!known.test(name) || /^fe(image)$/.test(name)) element.remove();
      else if (name === "style") element.textContent = scoped(element.textContent, id, outside);
      for (const { name, value } of [...element.attributes]) {
        const address = /^(xlink:)?href$|^src$/i.test(name) && !value.startsWith("#");
        const told = name === "style" ? element.style.cssText : value;
        if (/^on/i.test(name) || address || outside.test(told)) element.removeAttribute(name);
      }
    }
    return svg;
  }

  function scoped(text, id, outside) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const ours = (rule) =>
      rule instanceof CSSKeyframesRule || rule.selectorText?.split(",").every((part) => part.trim().startsWith(`#${id}`));
    return [...sheet.cssRules].filter((rule) => ours(rule) && !outside.test(rule.cssText)).map((rule) => rule.cssText).join("\n");
  }

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  /* The place of a drawing, above its source; made once. */
  function place(block) {
    if (block.pmPlace) return block.pmPlace;
    const picture = element("div", "pm-diagram__picture");
    picture.tabIndex = 0;
    const more = element("div", "pm-diagram__more");
    const enlarge = element("button", "pm-button", "Enlarge");
    enlarge.type = "button";
    enlarge.addEventListener("click", () => {
      const copy = picture.querySelector("svg").cloneNode(true);
      copy.style.width = copy.style.maxWidth;
      document.dispatchEvent(new CustomEvent("postmortems:show", { detail: { what: copy, title: "Diagram" } }));
    });
    const source = element("details", "pm-source");
    source.append(element("summary", "", "Source of the diagram"));
    more.append(enlarge, source);
    block.before(picture, more);
    source.append(block);
    return (block.pmPlace = picture);
  }

  async function draw(block) {
    const svg = await ask(block.querySelector("code").textContent);
    svg.setAttribute("role", "img");
    if (!svg.hasAttribute("aria-labelledby")) svg.setAttribute("aria-label", "Diagram; its source follows");
    const picture = place(block);
    picture.dataset.scheme = scheme();
    /* A wide one scrolls rather than shrink to dust. */
    const natural = svg.viewBox.baseVal.width;
    picture.style.setProperty("--pm-natural", `${Math.max(Math.min(natural, 640), natural * 0.6)}px`);
    picture.replaceChildren(svg);
    block.pmFault?.remove();
    delete block.pmFault;
  }

  function fail(block, error) {
    if (block.pmFault || block.pmPlace) return;
    const line = String(error?.message ?? error).split("\n")[0].replace(/[\s:.]*$/, ".").slice(0, 200);
    block.pmFault = element("p", "pm-diagram__fault", `This diagram cannot be drawn: ${line}`);
    block.before(block.pmFault);
  }

  async function drawAll() {
    for (const block of document.querySelectorAll(".pm-diagram")) await draw(block).catch((error) => fail(block, error));
  }

  let turn = Promise.resolve();
  const queue = () => (turn = turn.then(drawAll));
  if (window.document$) document$.subscribe(queue);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", queue);
  else queue();
  new MutationObserver(queue).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
})();
