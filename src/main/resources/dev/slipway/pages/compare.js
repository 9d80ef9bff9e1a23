/* Sets two revisions of the model side by side. */
import { get } from './service.js';
import { byId, element, milliseconds, count, revision, quantile } from './elements.js';

/** At most so many of the newest questions of each revision. */
const MOST = 200;
/** What changes by a smaller share is called neither better nor worse: it may be chance. */
const NOTABLE = 0.05;
let offered = '';

/** Offers revisions to choose from; the newest two at first. */
export function offer(revisions) {
  if (offered === revisions.join()) return;
  offered = revisions.join();
  for (const [id, index] of [['before', 1], ['after', 0]]) {
    const kept = byId(id).value;
    byId(id).replaceChildren(...revisions.map(value => element('option', { value, text: revision(value) })));
    byId(id).value = revisions.includes(kept) ? kept : revisions[Math.min(index, revisions.length - 1)] ?? '';
  }
}

async function of(value) {
  if (!value) return [];
  return (await get(`traces?${new URLSearchParams({ revision: value, limit: String(MOST) })}`)).traces;
}

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : NaN;
}

const finite = values => values.filter(Number.isFinite);
const times = (traces, step) => finite(traces.filter(trace => !trace.error).map(trace => trace.timings[step]));

/** What is compared: its name, its value, how it is written, and whether more of it is better. */
const MEASURES = [
  ['Questions', traces => traces.length, count, undefined],
  ['Failed', traces => (traces.length ? (100 * traces.filter(trace => trace.error).length) / traces.length : NaN), value => (Number.isNaN(value) ? '–' : `${value.toFixed(1)} %`), false],
  ['Median time', traces => quantile(times(traces, 'total'), 0.5), milliseconds, false],
  ['95th percentile', traces => quantile(times(traces, 'total'), 0.95), milliseconds, false],
  ['Median first token', traces => quantile(times(traces, 'first_token'), 0.5), milliseconds, false],
  ['Median generation', traces => quantile(times(traces, 'generate'), 0.5), milliseconds, false],
  ['Prompt tokens, mean', traces => mean(finite(traces.map(trace => trace.prompt_tokens ?? NaN))), count, undefined],
  ['Answer tokens, mean', traces => mean(finite(traces.map(trace => trace.completion_tokens ?? NaN))), count, undefined],
  ['Feedback, mean', traces => mean(traces.flatMap(trace => trace.feedback.map(each => each.score))), value => (Number.isNaN(value) ? '–' : value.toFixed(2)), true],
];

function change(before, after, format, more) {
  if (!Number.isFinite(before) || !Number.isFinite(after) || before === after) return element('td', { class: 'number muted', text: before === after ? '±0' : '–' });
  const sign = after > before ? '+' : '−';
  // Of nothing there is no share.
  const text = before === 0 ? `${sign}${format(Math.abs(after))}` : `${sign}${Math.abs((100 * (after - before)) / before).toFixed(0)} %`;
  const notable = Math.abs(after - before) >= NOTABLE * Math.abs(before);
  const verdict = more === undefined || !notable ? '' : after > before === more ? 'better' : 'worse';
  return element('td', { class: `number ${verdict}`, text: verdict ? `${text} (${verdict})` : text });
}

function table(first, second, before, after) {
  return element(
    'table',
    {},
    element('caption', { class: 'sr', text: `Revision ${first} beside ${second}` }),
    element('thead', {}, element('tr', {}, element('th', { scope: 'col', text: 'Measure' }), element('th', { scope: 'col', class: 'number' }, element('code', { text: revision(first) })), element('th', { scope: 'col', class: 'number' }, element('code', { text: revision(second) })), element('th', { scope: 'col', class: 'number', text: 'Change' }))),
    element('tbody', {}, ...MEASURES.map(([name, measure, format, more]) => element('tr', {}, element('th', { scope: 'row', text: name }), element('td', { class: 'number', text: format(measure(before)) }), element('td', { class: 'number', text: format(measure(after)) }), change(measure(before), measure(after), format, more)))),
  );
}

byId('compare').addEventListener('submit', async event => {
  event.preventDefault();
  const [first, second] = [byId('before').value, byId('after').value];
  try {
    const [before, after] = await Promise.all([of(first), of(second)]);
    byId('compared').replaceChildren(
      element('div', { class: 'scroll' }, table(first, second, before, after)),
      element('p', { class: 'muted', text: `Of the newest ${MOST} questions of each at most; times are those of answered ones.` }),
    );
  } catch (failure) {
    byId('compared').replaceChildren(element('p', { class: 'problem', text: failure.message }));
  }
});
