/* One trace: when each step began and ended, what the model read, what it said. */
import { open, get, post } from './service.js';
import { byId, element, facts, tiles, milliseconds, count, when, problem, redrawn } from './elements.js';
import { waterfall } from './plots.js';

const id = location.pathname.split('/').filter(Boolean).pop();
byId('id').textContent = id;

function outcome(trace) {
  byId('outcome').textContent = trace.error ?? (trace.finish_reason === 'length' ? 'answered, cut at its length' : 'answered');
  byId('outcome').className = trace.error ? 'chip bad' : 'chip good';
}

function notes(steps) {
  const noted = steps.filter(step => Object.keys(step.notes).length);
  return noted.map(step =>
    element('details', {}, element('summary', { text: `${step.name.replaceAll('_', ' ')}: ${Object.keys(step.notes).join(', ')}` }), element('dl', { class: 'facts' }, ...Object.entries(step.notes).flatMap(([name, value]) => [element('dt', { text: name }), element('dd', { text: value })]))),
  );
}

function context(retrieved) {
  if (!retrieved.length) return element('p', { class: 'muted', text: 'Nothing was looked for, or nothing was found.' });
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, element('th', { scope: 'col', text: '#' }), element('th', { scope: 'col', text: 'Passage' }), element('th', { scope: 'col', class: 'number', text: 'Score' }))),
    element('tbody', {}, ...retrieved.map((hit, index) => element('tr', {}, element('td', { text: index + 1 }), element('td', {}, element('code', { text: hit.id })), element('td', { class: 'number', text: Number.isFinite(hit.score) ? hit.score.toFixed(3) : '–' })))),
  );
}

function judged(feedback) {
  if (!feedback.length) return [element('p', { class: 'muted', text: 'Nobody has judged this answer yet.' })];
  return feedback.map(each =>
    element('div', { class: 'judgement' }, element('span', { class: each.score > 0 ? 'chip good' : each.score < 0 ? 'chip bad' : 'chip', text: `${each.name} ${each.score > 0 ? '+' : ''}${each.score}` }), ' ', element('span', { class: 'muted', text: when(each.at) }), each.comment ? element('div', { text: each.comment }) : ''),
  );
}

let shown;

function show(trace) {
  shown = trace;
  byId('trace').hidden = false;
  document.title = `${trace.query.slice(0, 60)} - Slipway`;
  byId('query').textContent = trace.query || '(no question)';
  byId('when').textContent = `${new Date(trace.started).toLocaleString()} · ${trace.route}`;
  outcome(trace);
  const { total, first_token: first, generate } = trace.timings;
  const seconds = (generate - first) / 1000;
  tiles(byId('tiles'), [
    ['in all', milliseconds(total)],
    ['first token', milliseconds(first)],
    ['tokens in', count(trace.prompt_tokens)],
    ['tokens out', count(trace.completion_tokens)],
    ['tokens a second', seconds > 0 && trace.completion_tokens > 1 ? ((trace.completion_tokens - 1) / seconds).toFixed(1) : '–'],
  ]);
  byId('waterfall').replaceChildren(waterfall(byId('waterfall').clientWidth, trace.steps), ...notes(trace.steps));
  byId('answer').textContent = trace.answer || '(nothing was said)';
  byId('context').replaceChildren(context(trace.retrieved));
  byId('judged').replaceChildren(...judged(trace.feedback));
  byId('prompt').textContent = trace.prompt || '(the model was not asked)';
  facts(byId('facts'), [
    ['Trace', trace.id],
    ['Request', trace.request_id],
    ['Deployment', trace.deployment],
    ['Model', trace.model],
    ['Revision', trace.revision],
    ['Finish reason', trace.finish_reason ?? '–'],
    ...(trace.parent ? [['Caller’s span', trace.parent]] : []),
  ]);
}

async function load() {
  problem('');
  try {
    show(await get(`traces/${id}`));
  } catch (failure) {
    problem(failure.status === 404 ? 'There is no trace of this id; old ones go after a month.' : failure.message);
  }
}

open(load);
redrawn(() => shown && show(shown));
byId('judge').addEventListener('submit', async event => {
  event.preventDefault();
  const comment = byId('comment').value.trim();
  try {
    await post(`traces/${id}/feedback`, { score: Number(event.submitter?.value ?? 1), ...(comment ? { comment } : {}) });
    byId('comment').value = '';
    byId('judge-state').textContent = 'Kept.';
    await load();
  } catch (failure) {
    byId('judge-state').textContent = failure.message;
  }
});
// Browsers have a clipboard for pages of this machine, or over TLS, only.
byId('copy').hidden = !navigator.clipboard;
byId('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(byId('prompt').textContent);
    byId('copy').textContent = 'Copied';
  } catch {
    byId('copy').textContent = 'Not copied: select the text instead';
  }
  setTimeout(() => (byId('copy').textContent = 'Copy'), 3000);
});
load();
