import {isHub} from '../../registry/config/insecure-registries.js';

/** `https://host/v2/` names the same registry as `host`. */
export function domainOf(server = 'docker.io'): string {
  const host = server
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return isHub(host) ? 'docker.io' : host;
}
