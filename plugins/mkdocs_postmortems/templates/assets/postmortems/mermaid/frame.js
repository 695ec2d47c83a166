/* Inside the frame: draws what the page sends, and sends back the picture as text. */

(() => {
  "use strict";

  const configuration = (look) => ({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    suppressErrorRendering: true,
    /* What the text of a diagram may not set: how it is checked, and the colours of the page's theme. */
    secure: [
      "secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering", "htmlLabels",
      "dompurifyConfig", "themeCSS", "theme", "themeVariables", "darkMode", "fontFamily", "altFontFamily",
    ],
    theme: "base",
    fontFamily: look.fontFamily,
    themeVariables: look,
  });

  async function answer({ id, source, look }) {
    try {
      mermaid.initialize(configuration(look));
      return { id, svg: (await mermaid.render(id, source)).svg };
    } catch (error) {
      return { id, fault: String(error?.message ?? error) };
    }
  }

  addEventListener("message", async ({ source, data }) => {
    if (source === parent) parent.postMessage(await answer(data), "*");
  });
  parent.postMessage({ id: "ready", library: "mermaid" in window }, "*");
})();
