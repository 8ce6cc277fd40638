/**
 * HTTP as this machine and its environment are set up for it.
 *
 * SSL_CERT_FILE, NODE_EXTRA_CA_CERTS    authorities in place of, and besides, the machine's
 * HTTPS_PROXY, HTTP_PROXY, NO_PROXY     what is reached through which proxy
 */
import {HttpClient, type HttpClientOptions} from '../../http/http-client.js';
import {proxiesIn} from '../../http/proxy.js';
import {systemRoots} from '../../http/trust.js';
import {VERSION} from '../version.js';

export const machineHttp = (
  env: NodeJS.ProcessEnv,
  onExchange?: HttpClientOptions['onExchange'],
): HttpClient =>
  new HttpClient({
    userAgent: `tsbuild/${VERSION}`,
    roots: () => systemRoots({bundle: env['SSL_CERT_FILE'], extra: env['NODE_EXTRA_CA_CERTS']}),
    proxies: proxiesIn(env),
    onExchange,
  });
