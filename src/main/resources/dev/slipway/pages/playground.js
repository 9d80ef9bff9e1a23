/* The page to ask on. */
import { open, stream, post, address } from './service.js';
import { byId, element, facts, milliseconds, count, problem } from './elements.js';
import { waterfall } from './plots.js';

let asking;
let traceId;
let judged;

function state(text, style) {
  byId('state').textContent = text;
  byId('state').className = style ? `chip ${style}` : 'chip';
}

function showSources(sources) {
  byId('below').hidden = false;
  byId('sources').replaceChildren(
    ...sources.map(source =>
      element(
        'li',
        {},
        element('div', { class: 'title', text: source.title || source.source }),
        element('div', { class: 'place' }, element('span', { text: source.source }), element('span', { class: 'score', title: 'score', text: Number.isFinite(source.score) ? source.score.toFixed(3) : '' })),
        element('details', {}, element('summary', { text: 'Show the passage' }), element('p', { class: 'text', text: source.text })),
      ),
    ),
  );
  if (!sources.length) byId('sources').replaceChildren(element('li', { class: 'muted', text: 'No passage was found.' }));
}

/** Until the trace tells when each step began, they are drawn one after the other. */
function drawSteps(timings) {
  let start = 0;
  const steps = Object.entries(timings).map(([name, time]) => {
    if (name === 'total') return { name, start: 0, time };
    const step = { name, start, time };
    if (name !== 'first_token') start += time;
    return step;
  });
  byId('steps').replaceChildren(waterfall(byId('steps').clientWidth, steps));
}

function done(event) {
  traceId = event.trace_id;
  state('Answered', 'good');
  drawSteps(event.timings);
  const seconds = ((event.timings.generate ?? 0) - (event.timings.first_token ?? 0)) / 1000;
  facts(byId('usage'), [
    ['First token', milliseconds(event.timings.first_token)],
    ['In all', milliseconds(event.timings.total)],
    ...(event.usage ? [['Tokens', `${count(event.usage.prompt_tokens)} in, ${count(event.usage.completion_tokens)} out`]] : []),
    ...(event.usage && seconds > 0 && event.usage.completion_tokens > 1 ? [['Speed', `${((event.usage.completion_tokens - 1) / seconds).toFixed(1)} tokens/s`]] : []),
  ]);
  byId('trace-link').href = address(`traces/${traceId}`);
  byId('trace-link').textContent = 'Open the trace';
  byId('trace-link').hidden = false;
  byId('feedback').hidden = false;
}

/** What failed has a trace as well; its id comes with the end only, so it is looked for. */
function offerTrace(request) {
  if (!request) return;
  byId('trace-link').href = address(`traces?${new URLSearchParams({ q: request })}`);
  byId('trace-link').textContent = 'Find the trace';
  byId('trace-link').hidden = false;
  byId('steps').replaceChildren(element('p', { class: 'muted', text: 'The trace has each step’s time.' }));
}

function begin() {
  traceId = undefined;
  judged = undefined;
  problem('');
  byId('hint').hidden = true;
  byId('answer-card').hidden = false;
  byId('answer').textContent = '';
  byId('answer').setAttribute('aria-busy', 'true');
  byId('trace-link').hidden = true;
  byId('feedback').hidden = true;
  byId('feedback-state').textContent = '';
  byId('comment').value = '';
  for (const thumb of document.querySelectorAll('[data-score]')) thumb.setAttribute('aria-pressed', 'false');
  byId('below').hidden = true;
  byId('sources').replaceChildren();
  byId('steps').replaceChildren(element('p', { class: 'muted', text: 'Each step’s time comes with the end of the answer.' }));
  byId('usage').replaceChildren();
  byId('send').disabled = true;
  byId('stop').hidden = false;
  state('Looking for passages…');
}

async function ask() {
  const query = byId('question').value.trim();
  if (!query || asking) return;
  asking = new AbortController();
  begin();
  let ended = false;
  let request;
  try {
    const k = Number.parseInt(byId('k').value, 10);
    const collection = byId('collection').value.trim();
    const body = { query, stream: true, ...(k ? { k } : {}), ...(collection ? { filter: { collection } } : {}) };
    await stream('rag', body, asking.signal, (name, event) => {
      if (name === 'request') {
        request = event.id;
      } else if (name === 'sources') {
        showSources(event.sources);
        state('Thinking…');
      } else if (name === 'waiting') {
        state(`Waiting, up to ${event.seconds} s: ${event.reason.replace(/\.$/, '')}…`);
      } else if (name === 'token') {
        state('Answering…');
        byId('answer').append(event.text);
      } else if (name === 'done') {
        ended = true;
        done(event);
      } else if (name === 'error') {
        ended = true;
        state('Failed', 'bad');
        problem(event.detail);
        offerTrace(request);
      }
    });
    if (!ended) {
      state('Cut off', 'bad');
      problem('The connection ended before the answer did. Ask again.');
      offerTrace(request);
    }
  } catch (failure) {
    const stopped = failure.name === 'AbortError';
    state(stopped ? 'Stopped' : 'Failed', stopped ? '' : 'bad');
    if (!stopped) problem(failure.message);
    if (stopped) offerTrace(request);
  } finally {
    asking = undefined;
    byId('answer').setAttribute('aria-busy', 'false');
    byId('send').disabled = false;
    byId('stop').hidden = true;
  }
}

async function judge(thumb) {
  judged = thumb;
  const comment = byId('comment').value.trim();
  byId('feedback-state').textContent = 'Sending…';
  try {
    await post(`traces/${traceId}/feedback`, { score: Number(thumb.dataset.score), ...(comment ? { comment } : {}) });
    for (const each of document.querySelectorAll('[data-score]')) each.setAttribute('aria-pressed', String(each === thumb));
    byId('feedback-state').textContent = 'Thank you.';
  } catch (failure) {
    byId('feedback-state').textContent = failure.message;
  }
}

open();
byId('ask').addEventListener('submit', event => {
  event.preventDefault();
  ask();
});
byId('question').addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) ask();
});
byId('stop').addEventListener('click', () => asking?.abort());
for (const thumb of document.querySelectorAll('[data-score]')) thumb.addEventListener('click', () => judge(thumb));
byId('comment').addEventListener('change', () => judged && judge(judged));
byId('question').focus();
