import {TsbuildError} from '../base/error.js';

/** No container has this id, prefix or name. */
export class NoSuchContainerError extends TsbuildError {
  readonly code = 'E_NO_SUCH_CONTAINER';

  constructor(query: string) {
    super(`no such container: ${query}`, {hint: 'List the containers with `tsbuild ps -a`.'});
  }
}

/** A prefix fits several containers. */
export class AmbiguousContainerError extends TsbuildError {
  readonly code = 'E_AMBIGUOUS_CONTAINER';

  constructor(query: string, matches: readonly string[]) {
    super(`container ${query} is ambiguous: ${matches.join(', ')}`, {hint: 'Type more of the id.'});
  }
}

/** A name can be had once. */
export class ContainerNameInUseError extends TsbuildError {
  readonly code = 'E_CONTAINER_NAME_IN_USE';

  constructor(name: string, holder: string) {
    super(`container name ${name} is in use by ${holder}`, {
      hint: `Remove it with \`tsbuild rm ${name}\`, or choose another name.`,
    });
  }
}

/** What needs a running process meets a container that has ended, or has not begun. */
export class ContainerNotRunningError extends TsbuildError {
  readonly code = 'E_CONTAINER_NOT_RUNNING';

  constructor(name: string) {
    super(`container ${name} is not running`, {hint: 'List those that run with `tsbuild ps`.'});
  }
}

/** The namespaces of a container that runs inside another user namespace. */
export class ContainerOutOfReachError extends TsbuildError {
  readonly code = 'E_CONTAINER_OUT_OF_REACH';

  constructor(name: string, cause: unknown) {
    super(
      `cannot join container ${name}: without root each tsbuild runs in a user namespace of its own`,
      {cause, hint: 'Run both containers as root.'},
    );
  }
}

/** A running container is only removed by force. */
export class ContainerRunningError extends TsbuildError {
  readonly code = 'E_CONTAINER_RUNNING';

  constructor(name: string) {
    super(`container ${name} is running`, {hint: 'End it first, or remove it with --force.'});
  }
}

/** No image is mounted under this id or name. */
export class NoSuchMountError extends TsbuildError {
  readonly code = 'E_NO_SUCH_MOUNT';

  constructor(query: string) {
    super(`no image is mounted as ${query}`, {hint: 'List the mounts with `tsbuild image mount`.'});
  }
}

/** The process that was to keep a mount did not start. */
export class NoHolderError extends TsbuildError {
  readonly code = 'E_NO_HOLDER';

  constructor() {
    super('cannot keep the mount: want the program `sleep` on the PATH', {
      hint: 'Run a command beside the mount instead: `tsbuild image mount IMAGE -- COMMAND`.',
    });
  }
}
