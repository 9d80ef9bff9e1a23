/* Draws plots as SVG, as wide as they are told; a reader of screens gets their gist as a label. */
import { drawn, element, milliseconds, count } from './elements.js';

const COLOURS = { embed: 'embed', search: 'search', retrieve: 'search', prompt: 'prompt', generate: 'generate', first_token: 'first' };

const colour = name => COLOURS[name] ?? 'other';

/** Returns a round number not below the value, for the end of an axis. */
function round(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].find(step => step * power >= value) * power;
}

/** Draws each step as a bar from its start to its end; the first token is a mark. */
export function waterfall(width, steps) {
  const total = steps.find(step => step.name === 'total');
  const end = Math.max(total?.time ?? 0, ...steps.map(step => step.start + step.time), 0.001);
  const rows = steps.filter(step => step.name !== 'total').sort((a, b) => a.start - b.start || b.time - a.time);
  const left = 96;
  const right = 64;
  const height = 30;
  const bottom = rows.length * height;
  const x = time => left + (time / end) * (width - left - right);
  const parts = [];
  const marks = width < 300 ? 1 : width < 420 ? 2 : 4;
  for (let i = 0; i <= marks; i++) {
    const at = x((end * i) / marks);
    parts.push(drawn('line', { class: 'grid', x1: at, x2: at, y1: 0, y2: bottom }));
    parts.push(drawn('text', { x: at, y: bottom + 16, 'text-anchor': i === 0 ? 'start' : i === marks ? 'end' : 'middle', text: milliseconds((end * i) / marks) }));
  }
  rows.forEach((step, index) => {
    const y = index * height;
    const long = Math.max(3, x(step.start + step.time) - x(step.start));
    parts.push(drawn('text', { class: 'strong', x: 0, y: y + 20, text: step.name.replaceAll('_', ' ') }));
    parts.push(
      drawn('rect', { class: colour(step.name), x: x(step.start), y: y + 7, width: long, height: 16, rx: 4 }, drawn('title', { text: `${step.name}: ${milliseconds(step.time)}, from ${milliseconds(step.start)}` })),
    );
    parts.push(drawn('text', { class: 'strong', x: width, y: y + 20, 'text-anchor': 'end', text: milliseconds(step.time) }));
  });
  const label = `Steps: ${rows.map(step => `${step.name} ${milliseconds(step.time)}`).join(', ')}; ${milliseconds(end)} in all.`;
  return drawn('svg', { viewBox: `0 0 ${width} ${bottom + 22}`, role: 'img', 'aria-label': label }, ...parts);
}

function frame(width, height, top, format, parts) {
  const bottom = height - 24;
  for (let i = 0; i <= 4; i++) {
    const y = bottom - ((bottom - 10) * i) / 4;
    parts.push(drawn('line', { class: 'grid', x1: 56, x2: width, y1: y, y2: y }));
    parts.push(drawn('text', { x: 50, y: y + 4, 'text-anchor': 'end', text: format((top * i) / 4) }));
  }
  return value => bottom - ((bottom - 10) * Math.min(value, top)) / top;
}

const clock = time => new Date(time).toLocaleString([], { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

function ends(width, oldest, newest, height, parts) {
  parts.push(drawn('text', { x: 56, y: height - 4, text: clock(oldest) }));
  parts.push(drawn('text', { x: width, y: height - 4, 'text-anchor': 'end', text: clock(newest) }));
}

function nothing() {
  return element('p', { class: 'empty', text: 'Nothing to draw yet.' });
}

/** Draws each question as a dot, by when it came and how long it took. */
export function latency(width, traces, median) {
  if (!traces.length) return [nothing()];
  const height = 220;
  const parts = [];
  const top = round(Math.max(...traces.map(trace => trace.timings.total ?? 0)));
  const y = frame(width, height, top, milliseconds, parts);
  const times = traces.map(trace => Date.parse(trace.started));
  const oldest = Math.min(...times);
  const newest = Math.max(...times);
  const x = time => 64 + (newest === oldest ? 0.5 : (time - oldest) / (newest - oldest)) * (width - 72);
  ends(width, oldest, newest, height, parts);
  if (median > 0) parts.push(drawn('line', { class: 'line', x1: 56, x2: width, y1: y(median), y2: y(median) }, drawn('title', { text: `Median: ${milliseconds(median)}` })));
  for (const trace of traces) {
    parts.push(
      drawn('circle', { class: trace.error ? 'dot failed' : 'dot', cx: x(Date.parse(trace.started)), cy: y(trace.timings.total ?? 0), r: 5 }, drawn('title', { text: `${trace.query.slice(0, 80)}: ${milliseconds(trace.timings.total)}` })),
    );
  }
  const label = `Latency of ${traces.length} questions; the median is ${milliseconds(median)}.`;
  return [drawn('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, ...parts), legend([['dot', 'answered'], ['dot failed', 'failed'], ['out', 'median (dashed)']])];
}

/** Draws each question's tokens as a bar, oldest first: those of the prompt below those of the answer. */
export function tokens(width, traces) {
  const counted = traces.filter(trace => trace.prompt_tokens !== null).slice(0, 60).reverse();
  if (!counted.length) return [nothing()];
  const height = 220;
  const parts = [];
  const sum = trace => trace.prompt_tokens + (trace.completion_tokens ?? 0);
  const top = round(Math.max(...counted.map(sum)));
  const y = frame(width, height, top, count, parts);
  const slot = (width - 64) / counted.length;
  const thick = Math.max(1, Math.min(slot * 0.72, 34));
  counted.forEach((trace, index) => {
    const x = 60 + slot * index + (slot - thick) / 2;
    const base = y(0);
    const middle = y(trace.prompt_tokens);
    const end = y(sum(trace));
    parts.push(
      drawn('g', {}, drawn('title', { text: `${trace.query.slice(0, 80)}: ${trace.prompt_tokens} in, ${trace.completion_tokens ?? '?'} out` }), drawn('rect', { class: 'in', x, y: middle, width: thick, height: base - middle, rx: 2 }), drawn('rect', { class: 'out', x, y: end, width: thick, height: middle - end, rx: 2 })),
    );
  });
  const times = counted.map(trace => Date.parse(trace.started));
  ends(width, Math.min(...times), Math.max(...times), height, parts);
  const label = `Tokens of ${counted.length} questions, at most ${count(Math.max(...counted.map(sum)))}.`;
  return [drawn('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, ...parts), legend([['in', 'prompt'], ['out', 'answer']])];
}

function legend(entries) {
  return element(
    'p',
    { class: 'legend' },
    ...entries.map(([style, text]) => element('span', {}, drawn('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, drawn('circle', { class: style, cx: 6, cy: 6, r: 5 })), text)),
  );
}
