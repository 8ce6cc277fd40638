/** `login` and `logout`: who somebody is to a registry, tried before it is kept. */
import type {Credential} from '../../registry/config/credential.js';
import {domainOf} from './domain-of.js';
import {openRegistries, type RegistryAccess, registrySettings} from './open-registries.js';

export interface LoginRequest extends RegistryAccess {
  /** `10.24.2.30:5000`; Docker Hub without it. */
  readonly server?: string;
  readonly username: string;
  readonly password: string;
  readonly signal?: AbortSignal;
}

export interface Login {
  readonly server: string;
  readonly username: string;
  /** The file or program that keeps it. */
  readonly place: string;
  /** Whether anybody who reads the file can use it. */
  readonly plainText: boolean;
}

/** Throws UnauthorizedError, and what keeps the registry from being asked. */
export async function login(request: LoginRequest): Promise<Login> {
  const {username, password, signal} = request;
  const domain = domainOf(request.server);
  using registries = openRegistries(request, {signal});
  const {endpoints} = await registries.route(domain, 'itself');
  const [endpoint] = endpoints;
  const credential = {kind: 'password', username, password} as const;
  const connection = endpoint && registries.connect(endpoint, {credential, source: 'login'});
  const refresh = await connection?.login(signal);
  const kept: Credential =
    refresh === undefined ? credential : {kind: 'identity', username, token: refresh};
  const {place, plainText} = await registries.settings.credentials.store(domain, kept);
  return {server: domain, username, place, plainText};
}

/** Whether there was anything to forget. */
export async function logout(request: {
  server?: string;
}): Promise<{server: string; known: boolean}> {
  const domain = domainOf(request.server);
  return {server: domain, known: await registrySettings({}).credentials.erase(domain)};
}
