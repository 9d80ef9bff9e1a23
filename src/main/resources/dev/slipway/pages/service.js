/* Talks to the service that these pages are from: what they do, every client can. */

const root = new URL('..', import.meta.url);
const KEY = 'slipway-key';

/** Says why there is no answer, in the service's own words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function address(path) {
  return new URL(path, root);
}

function headers(more) {
  const key = sessionStorage.getItem(KEY);
  return { Accept: 'application/json', ...(key ? { Authorization: `Bearer ${key}` } : {}), ...more };
}

async function refusal(response) {
  let detail = '';
  try {
    const body = await response.json();
    detail = Array.isArray(body.detail) ? body.detail.map(each => `${each.loc?.slice(1).join('.')}: ${each.msg}`).join('; ') : body.detail ?? body.error?.message ?? '';
  } catch {
    detail = response.statusText;
  }
  const wait = response.headers.get('Retry-After');
  if (response.status === 401) detail = sessionStorage.getItem(KEY) ? `${detail} Put another key into the field at the top.` : 'This service asks for a key: put yours into the field at the top.';
  return new Refused(response.status, `${detail || 'The service refused.'}${wait ? ` Try again in ${wait} s.` : ''}`);
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(address(path), { cache: 'no-store', ...options });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Refused(0, 'The service does not answer. Is it running?');
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function get(path) {
  return (await send(path, { headers: headers({}) })).json();
}

export async function post(path, body) {
  const response = await send(path, { method: 'POST', headers: headers({ 'Content-Type': 'application/json' }), body: JSON.stringify(body) });
  return response.json();
}

/** Posts, and hands over the request's id, then each server-sent event as it comes. */
export async function stream(path, body, signal, hear) {
  const response = await send(path, {
    method: 'POST',
    signal,
    headers: headers({ 'Content-Type': 'application/json', Accept: 'text/event-stream, application/json' }),
    body: JSON.stringify(body),
  });
  hear('request', { id: response.headers.get('x-request-id') });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await next(reader);
    rest += value ?? '';
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = done ? '' : blocks.pop();
    for (const block of blocks) tell(block, hear);
    if (done) return;
  }
}

/** A connection that breaks ends what came over it; that the answer is not whole, its reader sees. */
async function next(reader) {
  try {
    return await reader.read();
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    return { value: '', done: true };
  }
}

function tell(block, hear) {
  let name = 'message';
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
  }
  if (data.length) hear(name, JSON.parse(data.join('\n')));
}

/** Fills the head of the page: the key's field and the deployment's name. */
export function open(changed) {
  const field = document.getElementById('key');
  field.value = sessionStorage.getItem(KEY) ?? '';
  const keep = () => {
    const before = sessionStorage.getItem(KEY) ?? '';
    const now = field.value.trim();
    if (now) sessionStorage.setItem(KEY, now);
    else sessionStorage.removeItem(KEY);
    if (now !== before) {
      name();
      changed?.();
    }
  };
  field.addEventListener('change', keep);
  document.getElementById('key-form').addEventListener('submit', event => {
    event.preventDefault();
    keep();
  });
  name();
}

async function name() {
  try {
    const models = await get('v1/models');
    document.getElementById('deployment').textContent = models.data[0]?.id ?? '';
  } catch {
    // Without its key the name stays unknown; what is asked for says so itself.
    document.getElementById('deployment').textContent = '';
  }
}
