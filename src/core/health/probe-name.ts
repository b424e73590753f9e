/**
 * The user agent of our probes, over HTTP and gRPC. Workers leave the requests that begin with it out of their access
 * log: see `src/python/serve_bento_worker/probe_lines.py`.
 */
export const probeName = 'serve-bento-probe';
