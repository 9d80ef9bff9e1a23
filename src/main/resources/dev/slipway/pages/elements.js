/* Builds elements. All text goes through textContent: nothing that was said becomes markup. */

const SVG = 'http://www.w3.org/2000/svg';

export const byId = id => document.getElementById(id);

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'text') node.textContent = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...(children ?? []));
  return node;
}

export function element(tag, attributes, ...children) {
  return made(document.createElement(tag), attributes, children);
}

export function drawn(tag, attributes, ...children) {
  return made(document.createElementNS(SVG, tag), attributes, children);
}

export function milliseconds(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  if (value >= 10000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  if (value >= 10) return `${Math.round(value)} ms`;
  if (value >= 0.1) return `${value.toFixed(1)} ms`;
  return value === 0 ? '0 ms' : '<0.1 ms';
}

export function count(value) {
  return value === undefined || value === null || Number.isNaN(value) ? '–' : Math.round(value).toLocaleString();
}

export function when(text) {
  const time = new Date(text);
  const today = new Date().toDateString() === time.toDateString();
  // Traces are of one month: the year says nothing.
  return today ? time.toLocaleTimeString() : time.toLocaleString([], { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}

export function revision(text) {
  return /^[0-9a-f]{16,}$/.test(text) ? text.slice(0, 10) : text;
}

export function facts(list, entries) {
  list.replaceChildren(...entries.flatMap(([name, value]) => [element('dt', { text: name }), element('dd', { text: value })]));
}

export function tiles(list, entries) {
  list.replaceChildren(...entries.map(([name, value]) => element('div', {}, element('dt', { text: name }), element('dd', { text: value }))));
}

export function problem(text) {
  const place = byId('problem');
  place.textContent = text;
  place.hidden = !text;
}

/** Draws again when the window has another width: plots are as wide as their place. */
export function redrawn(draw) {
  let width = window.innerWidth;
  let waiting;
  window.addEventListener('resize', () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(draw, 100);
  });
}

/** Returns the value that the given share of the values doesn't exceed. */
export function quantile(values, share) {
  if (!values.length) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
