import assert from 'node:assert/strict';

/** Asks a sample, over HTTP, what only all of its components together can answer. */
export async function askSearch(url: string): Promise<void> {
  const answer = await post(`${url}/search`, 'application/json', '{"query": "rice and tea"}');
  assert.deepEqual(answer, [{ document: 'green tea goes well with rice', score: 0.4714 }]);
}

/** Returns the answer to the same question as text, or an empty one while nothing answers. */
export async function bestDocument(url: string): Promise<string> {
  const answer = post(`${url}/search`, 'application/json', '{"query": "rice and tea"}');
  return JSON.stringify(await answer.catch(() => ''));
}

export async function askShout(url: string): Promise<void> {
  const answer = await post(`${url}/shout`, 'text/plain', 'good morning');
  assert.deepEqual(answer, { shout: 'GOOD MORNING!', words: 2 });
}

async function post(url: string, type: string, body: string): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}
