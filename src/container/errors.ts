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
