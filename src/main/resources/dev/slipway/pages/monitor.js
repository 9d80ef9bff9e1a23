/* The list of traces, its plots, and the way to compare. */
import { open, get, address } from './service.js';
import { byId, element, milliseconds, count, when, revision, tiles, problem, quantile, redrawn } from './elements.js';
import { latency, tokens } from './plots.js';
import { offer } from './compare.js';

const FIELDS = ['q', 'route', 'error', 'revision', 'since'];
let shown = [];
let next;
let revisions = [];
let asking = 0;

function query(cursor) {
  const asked = new URLSearchParams({ limit: '50' });
  for (const name of FIELDS) {
    const value = byId(name).value.trim();
    if (!value) continue;
    asked.set(name, name === 'since' ? new Date(Date.now() - Number(value) * 3600000).toISOString() : value);
  }
  if (cursor) asked.set('cursor', cursor);
  return asked;
}

function row(trace) {
  const failed = Boolean(trace.error);
  const verdicts = trace.feedback.map(each => (each.score > 0 ? '✓' : each.score < 0 ? '✗' : '·')).join(' ');
  const number = trace.completion_tokens === null ? '–' : `${count(trace.prompt_tokens)} + ${count(trace.completion_tokens)}`;
  return element(
    'tr',
    {},
    element('td', { class: 'when', text: when(trace.started), title: trace.started }),
    element('td', { class: 'question' }, element('a', { href: address(`traces/${trace.id}`), text: trace.query || '(nothing)' })),
    element('td', { class: 'nowrap' }, element('code', { text: trace.route })),
    element('td', { class: 'nowrap' }, element('code', { text: revision(trace.revision), title: trace.revision })),
    element('td', { class: 'number', text: milliseconds(trace.timings.total) }),
    element('td', { class: 'number', text: number }),
    element('td', { class: 'nowrap' }, element('span', { class: failed ? 'chip bad' : 'chip good', text: failed ? trace.error : trace.finish_reason === 'length' ? 'cut at its length' : 'answered' }), verdicts ? element('span', { class: 'verdicts', text: ` ${verdicts}`, title: 'feedback' }) : ''),
  );
}

function draw() {
  byId('list').tBodies[0].replaceChildren(...shown.map(row));
  byId('list').hidden = !shown.length;
  byId('none').hidden = Boolean(shown.length);
  byId('more').hidden = !next;
  const times = shown.map(trace => trace.timings.total).filter(Number.isFinite);
  const firsts = shown.map(trace => trace.timings.first_token).filter(Number.isFinite);
  const failed = shown.filter(trace => trace.error).length;
  const judged = shown.flatMap(trace => trace.feedback);
  const good = judged.filter(each => each.score > 0).length;
  tiles(byId('tiles'), [
    ['questions shown', `${count(shown.length)}${next ? '+' : ''}`],
    ['failed', shown.length ? `${Math.round((100 * failed) / shown.length)} %` : '–'],
    ['median time', milliseconds(quantile(times, 0.5))],
    ['95th percentile', milliseconds(quantile(times, 0.95))],
    ['median first token', milliseconds(quantile(firsts, 0.5))],
    ['found right', judged.length ? `${good} of ${judged.length}` : '–'],
  ]);
  byId('latency').replaceChildren(...latency(byId('latency').clientWidth, shown, quantile(times, 0.5)));
  byId('tokens').replaceChildren(...tokens(byId('tokens').clientWidth, shown));
  byId('revisions').replaceChildren(...revisions.map(value => element('option', { value })));
  offer(revisions);
}

async function load(cursor) {
  problem('');
  const turn = ++asking;
  try {
    const page = await get(`traces?${query(cursor)}`);
    // Who was overtaken has nothing to say: what was asked for since is what is wanted.
    if (turn !== asking) return;
    revisions = page.revisions;
    shown = cursor ? [...shown, ...page.traces] : page.traces;
    next = page.next;
    draw();
  } catch (failure) {
    if (turn === asking) problem(failure.message);
  }
}

/** Keeps what is looked for in the address, so that it can be sent on. */
function find() {
  const kept = new URLSearchParams();
  for (const name of FIELDS) if (byId(name).value.trim()) kept.set(name, byId(name).value.trim());
  history.replaceState(null, '', kept.size ? `?${kept}` : location.pathname);
  load();
}

const asked = new URLSearchParams(location.search);
for (const name of FIELDS) if (asked.has(name)) byId(name).value = asked.get(name);
open(() => load());
byId('filter').addEventListener('submit', event => {
  event.preventDefault();
  find();
});
for (const name of ['route', 'error', 'since']) byId(name).addEventListener('change', find);
byId('refresh').addEventListener('click', () => load());
redrawn(draw);
byId('more').addEventListener('click', () => load(next));
load();
