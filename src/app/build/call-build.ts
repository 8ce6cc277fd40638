/** `build --call`: what can be told of a build without building it. Nothing is unpacked, run or written. */
import {type Checked, checkDockerfile} from '../../frontend/call/check.js';
import {type Outline, outline} from '../../frontend/call/outline.js';
import {listTargets, type Target} from '../../frontend/call/targets.js';
import type {LowerInput} from '../../frontend/lower.js';
import type {Dockerfile} from '../context/dockerfile.js';
import {LintViolationError} from '../errors.js';
import {imageSource} from '../registry/image-source.js';
import type {BuildRequest} from './build-request.js';
import {lowerInput} from './lower-input.js';
import {type OpenObserver, openBuild} from './open-build.js';

/** `Told` is what was asked for. */
export interface Call<Told> {
  readonly dockerfile: Dockerfile;
  readonly told: Told;
}

/** A failure to build is part of what is told. */
export const checkBuild = (request: BuildRequest, observer: OpenObserver): Promise<Call<Checked>> =>
  ask({request, observer}, async (input) => {
    const checked = await checkDockerfile(input);
    const {violations, failure} = checked;
    if (violations.length === 0 || failure !== undefined) return checked;
    return {...checked, failure: new LintViolationError(violations)};
  });

export const outlineBuild = (
  request: BuildRequest,
  observer: OpenObserver,
): Promise<Call<Outline>> => ask({request, observer}, outline);

export const listBuildTargets = (
  request: BuildRequest,
  observer: OpenObserver,
): Promise<Call<readonly Target[]>> =>
  ask({request, observer}, async ({text}) => listTargets(text));

interface Asking {
  readonly request: BuildRequest;
  readonly observer: OpenObserver;
}

const ask = <Told>(
  {request, observer}: Asking,
  tell: (input: LowerInput) => Promise<Told>,
): Promise<Call<Told>> =>
  openBuild(request, observer, async (opened) => {
    const {signal} = observer;
    await using images = imageSource(opened, request, {signal});
    const told = await tell(await lowerInput(request, {...opened, images}));
    return {dockerfile: opened.context.dockerfile, told};
  });
