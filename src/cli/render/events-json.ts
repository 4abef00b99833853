import type { EventRenderer, TextTarget } from './event-renderer.ts';

/** Raised when a consumer of the lines would have to change. */
const formatVersion = 1;

/**
 * One JSON object a line for each event (src/model/event.ts), with `formatVersion`. Control and bidirectional
 * characters are written as escapes, so the lines may be looked at on a terminal, and nothing is lost.
 */
export function renderEventsJson(target: TextTarget): EventRenderer {
  return {
    emit: (event) => void target.write(`${escaped(JSON.stringify({ formatVersion, ...event }))}\n`),
    end: async () => {},
  };
}

function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
