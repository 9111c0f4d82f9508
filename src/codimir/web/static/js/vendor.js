// The scripts of others, which put themselves into the window: only this module takes them from there.
// How htmx behaves here: it runs no text as code, injects no style, and swaps what an error brings too.
const htmx = window.htmx;
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollBehavior: "auto",
  defaultSwapStyle: "outerHTML",
  globalViewTransitions: false,
});

export { htmx };

/** Return what drags cards, on the pages that load it. */
export const sortable = () => window.Sortable;

/** Return what draws lines, on the pages that load it. */
export const uPlot = () => window.uPlot;
