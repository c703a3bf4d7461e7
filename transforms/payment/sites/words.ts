/** What a file of code has to mention to hold a request: the names of clients. */
export const SENDERS = [
  /\bfetch\b/,
  'axios',
  /\bgot\b/,
  /\bky\b/,
  'superagent',
  /\brequest\b/,
  'undici',
  /\bhttps\b/,
  'HttpService',
]
