// What the scripts of the pages may take for granted beside the browser's own types; read by tsc only, never served.

/** What a selector finds. It does not say which element that is, so this one has the properties of all controls. */
interface PageElement extends HTMLElement {
  value: string;
  defaultValue: string;
  name: string;
  type: string;
  href: string;
  target: string;
  method: string;
  action: string;
  checked: boolean;
  disabled: boolean;
  open: boolean;
  required: boolean;
  readOnly: boolean;
  form: HTMLFormElement;
  elements: HTMLFormControlsCollection;
  files: FileList;
  labels: NodeListOf<HTMLLabelElement>;
  rows: HTMLCollectionOf<HTMLTableRowElement>;
  cells: HTMLCollectionOf<HTMLTableCellElement>;
  content: DocumentFragment;
  selectionStart: number;
  selectionEnd: number;
  returnValue: string;
  select(): void;
  setSelectionRange(start: number, end: number): void;
  setRangeText(text: string, start?: number, end?: number, mode?: SelectionMode): void;
  requestSubmit(submitter?: Element): void;
  submit(): void;
  reset(): void;
  showModal(): void;
  show(): void;
  close(answer?: string): void;
}

interface ParentNode {
  querySelector(selectors: string): PageElement | null;
  querySelectorAll(selectors: string): NodeListOf<PageElement>;
}
interface Document {
  getElementById(id: string): PageElement | null;
}
interface Element {
  closest(selectors: string): PageElement | null;
}
/** In a page, what an event happens to is an element of it, but for the few that a window hears. */
interface EventTarget {
  closest?(selectors: string): PageElement | null;
  getAttribute?(name: string): string | null;
}

/** An event that is ours or htmx's: what it brings along stands in `detail`. */
interface DocumentEventMap {
  inboxRead: CustomEvent;
  signedOut: CustomEvent;
  stale: CustomEvent;
  ticketTrashed: CustomEvent;
  toast: CustomEvent;
  undone: CustomEvent;
  "htmx:afterRequest": CustomEvent;
  "htmx:afterSettle": CustomEvent;
  "htmx:afterSwap": CustomEvent;
  "htmx:beforeRequest": CustomEvent;
  "htmx:beforeSwap": CustomEvent;
  "htmx:confirm": CustomEvent;
  "htmx:load": CustomEvent;
  "htmx:oobAfterSwap": CustomEvent;
  "htmx:oobBeforeSwap": CustomEvent;
  "htmx:responseError": CustomEvent;
  "htmx:sendError": CustomEvent;
}

/** What the scripts of others put into the window; `js/vendor.js` is the one place that takes it from there. */
interface Window {
  htmx: Htmx;
  Sortable?: new (list: HTMLElement, options: SortableOptions) => object;
  uPlot?: new (
    options: object,
    data: ArrayLike<number>[],
    parent: HTMLElement,
  ) => { setSize(size: { width: number; height: number }): void; destroy(): void };
}
interface Htmx {
  config: Record<string, unknown>;
  ajax(method: string, path: string, options: Record<string, unknown>): Promise<void>;
  process(element: Element): void;
  trigger(element: Element, event: string, detail?: unknown): void;
}
interface SortableOptions {
  onStart(event: { item: PageElement }): void;
  onEnd(event: { item: PageElement }): void;
  [option: string]: unknown;
}
declare const SwaggerUIBundle: (options: object) => object;

/** Proposed for Intl.Locale, and in browsers already (https://tc39.es/proposal-intl-locale-info/). */
declare namespace Intl {
  interface Locale {
    getWeekInfo?(): { firstDay: number };
    weekInfo?: { firstDay: number };
  }
}
