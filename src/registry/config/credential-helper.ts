/**
 * Programs that keep credentials: `docker-credential-NAME get|store|erase`, JSON on stdin and stdout.
 *
 * Source  docker/docker-credential-helpers, "Development": a user called `<token>` marks an identity token.
 */
import {spawn} from 'node:child_process';
import type {Credential} from './credential.js';
import {CredentialHelperError} from './errors.js';

const TOKEN_USER = '<token>';
/** What helpers say when they know nothing; they exit as if they had failed. */
const NOT_FOUND = /credentials not found|not found in native keychain|no credentials/i;
const MISSING_SERVER = /no credentials server URL/i;

export class CredentialHelper {
  readonly program: string;
  readonly #patience: number;

  /** `patience`: milliseconds that it may take, for it may ask a person. */
  constructor(name: string, patience: number) {
    this.program = `docker-credential-${name}`;
    this.#patience = patience;
  }

  async get(server: string): Promise<Credential | undefined> {
    const {code, stdout} = await this.#run('get', server);
    if (code !== 0) {
      if (NOT_FOUND.test(stdout) || MISSING_SERVER.test(stdout)) return undefined;
      throw this.#failed('get', code, stdout);
    }
    const {Username: username, Secret: secret} = this.#parse(stdout);
    if (typeof username !== 'string' || typeof secret !== 'string') {
      throw new CredentialHelperError(this.program, 'get', 'want Username and Secret, got others');
    }
    return username === TOKEN_USER
      ? {kind: 'identity', username, token: secret}
      : {kind: 'password', username, password: secret};
  }

  async store(server: string, credential: Credential): Promise<void> {
    const [username, secret] =
      credential.kind === 'password'
        ? [credential.username, credential.password]
        : [TOKEN_USER, credential.token];
    const input = JSON.stringify({ServerURL: server, Username: username, Secret: secret});
    const {code, stdout} = await this.#run('store', input);
    if (code !== 0) throw this.#failed('store', code, stdout);
  }

  /** Nothing happens when there is none. */
  async erase(server: string): Promise<void> {
    const {code, stdout} = await this.#run('erase', server);
    if (code !== 0 && !NOT_FOUND.test(stdout)) throw this.#failed('erase', code, stdout);
  }

  #parse(text: string): Record<string, unknown> {
    try {
      return {...(JSON.parse(text) as Record<string, unknown> | null)};
    } catch {
      // What it said may be a secret.
      throw new CredentialHelperError(this.program, 'get', 'want JSON, got something else');
    }
  }

  #failed(action: string, code: number | null, said: string): CredentialHelperError {
    const text = said.trim().split('\n')[0]?.slice(0, 200) ?? '';
    return new CredentialHelperError(this.program, action, text || `exit code ${code}`);
  }

  #run(action: string, input: string): Promise<{code: number | null; stdout: string}> {
    const child = spawn(this.program, [action], {stdio: ['pipe', 'pipe', 'ignore']});
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < 1 << 20) stdout += text;
    });
    // A program that does not read its input has its own say.
    child.stdin.on('error', () => undefined).end(input);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        // Programs that it started may hold it open.
        child.stdout.destroy();
        const problem = `no answer in ${this.#patience} ms`;
        reject(new CredentialHelperError(this.program, action, problem));
      }, this.#patience);
      child.once('error', (error: NodeJS.ErrnoException) => {
        const problem = error.code === 'ENOENT' ? 'not found on the PATH' : error.message;
        reject(new CredentialHelperError(this.program, action, problem));
      });
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({code, stdout});
      });
    });
  }
}
